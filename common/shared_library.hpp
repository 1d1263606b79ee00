// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <type_traits>

namespace common {

/// A shared library that is loaded when it is first needed, for the sake of the starts that do without. It stays
/// loaded.
class SharedLibrary {
 public:
  /// Loads the file of this soname; `name` is what messages call it. Throws Failure(internal) where it is not
  /// installed.
  SharedLibrary(const char* file, const char* name);

  /// A function of the library, or of one that it brings, for a pointer of its type to take.
  class Function {
   public:
    explicit Function(void* address) : address_(address) {}
    template <class Type>
    operator Type*() const {
      static_assert(std::is_function_v<Type>);
      return reinterpret_cast<Type*>(address_);
    }

   private:
    void* address_;
  };
  /// The function of that name. Throws Failure(internal) where there is none.
  Function function(const char* symbol) const;

 private:
  void* handle_;
  std::string name_;
};

}  // namespace common
