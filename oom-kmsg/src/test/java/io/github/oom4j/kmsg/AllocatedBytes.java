package io.github.oom4j.kmsg;

import java.lang.reflect.Method;

/**
 * What the current thread has allocated so far. By reflection, as this module does not read
 * jdk.management.
 */
final class AllocatedBytes {

  private final Object bean;
  private final Method method;

  AllocatedBytes() throws ReflectiveOperationException {
    bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    method =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
  }

  long now() throws ReflectiveOperationException {
    return (long) method.invoke(bean, Thread.currentThread().getId());
  }
}
