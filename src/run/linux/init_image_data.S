	.section .rodata
	.globl init_image, init_image_end
	.balign 16
init_image:
	.incbin WARDER_INIT_PATH
init_image_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
