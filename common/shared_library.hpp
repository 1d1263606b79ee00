#pragma once
#include <string>
#include <type_traits>

namespace common {

/// A shared library that is loaded when it is first needed, for the sake of the starts that do without. It stays loaded.
class SharedLibrary {
 public:
  /// Loads the file of this soname; `name` is what messages call it. Throws Failure(internal) where it is not installed.
  SharedLibrary(const char* file, const char* name);

  /// Sets `function` to that of this symbol, from the library or one that it brings. Throws Failure(internal) where there is none.
  template <class Function>
  void find(Function& function, const char* symbol) const {
    static_assert(std::is_function_v<std::remove_pointer_t<Function>>);
    function = reinterpret_cast<Function>(address(symbol));
  }

 private:
  void* address(const char* symbol) const;

  void* handle_;
  std::string name_;
};

}  // namespace common
