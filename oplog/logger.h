// The library does not print. Options take a logger; null is silence.
#pragma once

#include <memory>

namespace spdlog {
class logger;
}

namespace tidemark {

/// Borrowed or shared from the app. Only loops that swallow an outcome log it; code that returns
/// or throws does not.
using Logger = std::shared_ptr<spdlog::logger>;

}  // namespace tidemark
