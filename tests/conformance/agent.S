/* SPDX-License-Identifier: BSD-3-Clause */
/* The Realm agent's image, as realm.c loads it. */
	.section .rodata.agent, "a"
	.balign	4096
	.global	agent_image
agent_image:
	.incbin	AGENT_BIN
	.balign	4096
	.global	agent_image_end
agent_image_end:
