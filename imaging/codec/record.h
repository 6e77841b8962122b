// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <glib.h>

namespace prc {

// An a{sv} under construction.
class Record {
public:
  Record () {
    g_variant_builder_init (&builder_, G_VARIANT_TYPE_VARDICT);
  }
  ~Record () {
    g_variant_builder_clear (&builder_);
  }
  Record (const Record &) = delete;
  Record &operator= (const Record &) = delete;

  bool
  has (const char *key) const { // keys are literals of one file each, but compare them as text
    for (const std::string &k : keys_)
      if (k == key)
        return true;
    return false;
  }
  void
  add (const char *key, GVariant *value) {
    keys_.push_back (key);
    g_variant_builder_add (&builder_, "{sv}", key, value);
  }
  void
  add (const char *key, const std::string &text) {
    add (key, g_variant_new_string (text.c_str ()));
  }
  void
  add (const char *key, const std::vector<double> &v) {
    add (key,
         g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, v.data (), v.size (), sizeof (double)));
  }
  GVariant *
  end () {
    return g_variant_builder_end (&builder_);
  } // floating

private:
  GVariantBuilder builder_;
  std::vector<std::string> keys_;
};

// A list under construction; forgotten when it is not ended.
class List {
public:
  explicit List (const char *type) {
    g_variant_builder_init (&builder_, G_VARIANT_TYPE (type));
  }
  ~List () {
    g_variant_builder_clear (&builder_);
  }
  List (const List &) = delete;
  List &operator= (const List &) = delete;

  void
  add (GVariant *value) {
    g_variant_builder_add_value (&builder_, value);
  }
  GVariantBuilder *
  builder () {
    return &builder_;
  }
  GVariant *
  end () {
    return g_variant_builder_end (&builder_);
  } // floating

private:
  GVariantBuilder builder_;
};

} // namespace prc
