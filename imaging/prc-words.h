// SPDX-License-Identifier: Apache-2.0
// The language that people are spoken to in.
#pragma once

// Takes the locale from the environment and binds our catalogue: once, at the start of a program,
// before any thread. A language asked for without a usable locale (none set, or one that is not on
// the machine, as in containers and over ssh) counts all the same: LC_ALL is then set to C.UTF-8,
// which Debian always has, and LANGUAGE to that language, for GTK and child processes too. A LANG=C
// or LC_ALL=C that somebody chose stays what it is: English.
void prc_words_load (void);
