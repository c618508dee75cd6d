package orchestrator.simulation;

/**
 * What a client wrote.
 *
 * @param id unique
 * @param origin the server that it was written on
 * @param number of its GTID: unique for the origin, unless the origin lost its tail in a crash
 * @param local written on a replica by somebody who should not: errant
 */
record Transaction(int id, int origin, long number, boolean local) {}
