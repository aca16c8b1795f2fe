package io.github.oom4j.guest;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a test class or test method needs of the machine it runs on. Where something is missing, the
 * test is skipped and the report says what was missing; in a guest that promised to provide it, the
 * test fails instead.
 *
 * <pre>{@code
 * @Needs({Need.ROOT, Need.SYSTEMD_SYSTEM_BUS})
 * class SystemScopeIT { ... }
 * }</pre>
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsCondition.class)
public @interface Needs {

  /**
   * What must be there; all of it.
   *
   * @return the needs
   */
  Need[] value();
}
