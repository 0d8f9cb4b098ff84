	.section .rodata
	.globl probe_image, probe_image_end
	.balign 16
probe_image:
	.incbin WARDER_PROBE_PATH
probe_image_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
