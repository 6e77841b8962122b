#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A display and a session bus of its own for one program: `run-in-xvfb.sh PROGRAM ARGUMENT...`
set -e
export GSK_RENDERER=cairo LIBGL_ALWAYS_SOFTWARE=1
exec xvfb-run -a -s '-screen 0 1400x900x24' dbus-run-session -- "$@"
