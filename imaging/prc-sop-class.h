// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

// What objects are by their SOP class (PS3.4 annex B.5), in words for a person. Any thread.

// What a file of a class must hold beyond its header: an element (group << 16 | element), Pixel
// Data standing for any pixels; 0 when unknown or nothing. A file without it has been cut.
uint32_t prc_sop_class_content (const char *uid);

// Of a class that is no image: "an encapsulated PDF document", translated; NULL for images and
// unknown classes. Static.
const char *prc_sop_class_words (const char *uid);

// One sentence for an object that no view can show: what it is, and what can be done with it. Of a
// class not known the UID is named, or, without one, the modality. Owned.
char *prc_sop_class_refusal (const char *uid, const char *modality);

G_END_DECLS
