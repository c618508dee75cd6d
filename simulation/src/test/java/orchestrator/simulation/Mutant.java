package orchestrator.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The program with one method that does something else: a class loader that rewrites it as it is
 * loaded. So nothing of this is in the program itself, and nothing can switch it on.
 *
 * @param owner class below {@code orchestrator.}
 * @param method every method of this name
 */
record Mutant(String name, String owner, String method, Consumer<CodeBuilder> body) {
  private static final String OURS = "orchestrator.";

  static Mutant of(String name, String owner, String method, Consumer<CodeBuilder> body) {
    return new Mutant(name, OURS + owner, method, body);
  }

  // Bodies

  static void nothing(CodeBuilder code) {
    code.return_();
  }

  static void yes(CodeBuilder code) {
    code.iconst_1().ireturn();
  }

  static void no(CodeBuilder code) {
    code.iconst_0().ireturn();
  }

  static void zero(CodeBuilder code) {
    code.lconst_0().lreturn();
  }

  /** Of a method of an instance; of a static one the second. */
  static void firstArgument(CodeBuilder code) {
    code.aload(1).areturn();
  }

  static void itself(CodeBuilder code) {
    code.aload(0).areturn();
  }

  static void noValue(CodeBuilder code) {
    ClassDesc optional = ClassDesc.of("java.util.Optional");
    code.invokestatic(optional, "empty", MethodTypeDesc.of(optional)).areturn();
  }

  static void noElements(CodeBuilder code) {
    ClassDesc list = ClassDesc.of("java.util.List");
    code.invokestatic(list, "of", MethodTypeDesc.of(list), true).areturn();
  }

  static Consumer<CodeBuilder> constant(String owner, String field) {
    return code -> {
      ClassDesc type = ClassDesc.of(OURS + owner);
      code.getstatic(type, field, type).areturn();
    };
  }

  /** Hands the turn of a recovery to another method of core.recovery. */
  static Consumer<CodeBuilder> turnTo(String owner, String method) {
    return code -> {
      ClassDesc turn = ClassDesc.of("orchestrator.core.recovery.Turn");
      code.aload(0)
          .invokestatic(
              ClassDesc.of("orchestrator.core.recovery." + owner),
              method,
              MethodTypeDesc.of(ClassDesc.ofDescriptor("V"), turn))
          .return_();
    };
  }

  /**
   * Tries seeds from 0 until one fails.
   *
   * @return how many were needed, and what was found; empty when none failed
   */
  String hunt(int seeds) {
    try {
      Class<?> hunter = new Loader().loadClass(Hunter.class.getName());
      Method method = hunter.getDeclaredMethod("firstFailure", int.class);
      method.setAccessible(true);
      return (String) method.invoke(null, seeds);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** What runs inside. */
  static final class Hunter {
    private Hunter() {}

    static String firstFailure(int seeds) {
      for (long seed = 0; seed < seeds; seed++) {
        try {
          var violation = Trial.run(seed);
          if (violation.isPresent()) {
            return (seed + 1) + " seeds, " + violation.get().invariant();
          }
        } catch (RuntimeException e) {
          return (seed + 1) + " seeds, " + e;
        }
      }
      return "";
    }
  }

  private final class Loader extends ClassLoader {
    private final ClassLoader real = Mutant.class.getClassLoader();
    private boolean changed;

    Loader() {
      super(Mutant.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String wanted, boolean resolve) throws ClassNotFoundException {
      if (!wanted.startsWith(OURS)) {
        return super.loadClass(wanted, resolve);
      }
      synchronized (getClassLoadingLock(wanted)) {
        Class<?> known = findLoadedClass(wanted);
        return known != null ? known : define(wanted);
      }
    }

    private Class<?> define(String wanted) throws ClassNotFoundException {
      String file = wanted.replace('.', '/') + ".class";
      try (@Nullable InputStream in = real.getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(wanted);
        }
        byte[] bytes = in.readAllBytes();
        byte[] mutated = wanted.equals(owner) ? mutate(bytes) : bytes;
        return defineClass(wanted, mutated, 0, mutated.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(wanted, e);
      }
    }

    private byte[] mutate(byte[] bytes) {
      ClassFile classFile = ClassFile.of();
      MethodTransform replaced =
          (builder, element) -> {
            if (element instanceof CodeModel) {
              changed = true;
              builder.withCode(body);
            } else {
              builder.with(element);
            }
          };
      byte[] result =
          classFile.transformClass(
              classFile.parse(bytes),
              ClassTransform.transformingMethods(
                  model -> model.methodName().equalsString(method), replaced));
      if (!changed) {
        throw new IllegalStateException(owner + " has no method " + method);
      }
      return result;
    }
  }
}
