/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of the EL2 stub (host/hyp), for el2.c. A section of its own, so that the tests can put
 * another image into a built module.
 */
	.section .hyp_image, "a"
	.balign 8
	.global cca_hyp_image
cca_hyp_image:
	.incbin "hyp/hyp.bin"
	.global cca_hyp_image_end
cca_hyp_image_end:
