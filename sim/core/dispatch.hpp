#pragma once

/// Marks a hot kernel for function multi-versioning: the build stays portable, the loader picks the
/// widest vector unit of the machine at start-up. Kernels under it use integers only (or doubles
/// without contraction), so that every version computes the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define BITSCALE_HOT __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define BITSCALE_HOT
#endif
