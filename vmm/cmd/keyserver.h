/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommand `realm keyserver` (realm-keyserver.1): gives secrets to verified Realms. */
#ifndef VMM_CMD_KEYSERVER_H
#define VMM_CMD_KEYSERVER_H

/* words: those behind "keyserver". Serves for ever; returns a status of status.h after an error. */
int keyserver(int count, char **words);

#endif
