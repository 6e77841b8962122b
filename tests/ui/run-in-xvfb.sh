#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A display and a session bus of its own for one program: `run-in-xvfb.sh PROGRAM ARGUMENT...`
# What the bus and its services say goes to standard error: standard output is the program's TAP alone.
set -e
export GSK_RENDERER=cairo LIBGL_ALWAYS_SOFTWARE=1
exec 9>&1
exec xvfb-run -a -s '-screen 0 1400x900x24' dbus-run-session -- \
  sh -c 'exec "$@" >&9 9>&-' sh "$@" >&2
