#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bitscale {

/// SHA-256 of the bytes, as 64 lower-case hexadecimal digits: what provenance and result digests
/// print.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::span<const std::byte> bytes);

/// The same of a file's content; of nothing where it cannot be read, which who needs it will say.
[[nodiscard]] std::string sha256_of_file(const std::string& path);

/// 64-bit hash (XXH64) that is the same on every machine and in every version: names become random
/// streams by it.
[[nodiscard]] std::uint64_t stable_hash(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace bitscale
