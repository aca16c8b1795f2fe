package io.github.oom4j;

/**
 * What limited the allocation that led to an OOM kill: the kernel's {@code enum oom_constraint}
 * (include/linux/oom.h), printed as {@code constraint=CONSTRAINT_...} since 5.0.
 */
public enum OomConstraint {
  /** Nothing in particular: the whole machine ran out ({@code CONSTRAINT_NONE}). */
  NONE,
  /** The nodes of the task's cpuset ran out ({@code CONSTRAINT_CPUSET}). */
  CPUSET,
  /** The nodes of the task's NUMA policy ran out ({@code CONSTRAINT_MEMORY_POLICY}). */
  MEMORY_POLICY,
  /** A memory cgroup hit its limit ({@code CONSTRAINT_MEMCG}). */
  MEMCG
}
