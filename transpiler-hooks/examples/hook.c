/*
 * hook.c - what a transpiler does with librhook: it has the Ruchy text and the Rust that it printed for it, and hands out Rust with
 * counters and a source map.
 *
 *   hook PROGRAM.ruchy PROGRAM.rs OUTPUT.rs      writes OUTPUT.rs and OUTPUT.rs.map, lists the functions and what was left alone
 *
 * Build: cc hook.c -o hook $(pkg-config --cflags --libs rhook)
 */
#include <rhook.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_text(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	size_t room = 1 << 16;
	char *text = file ? malloc(room) : NULL;

	*size = 0;
	while (text && (*size += fread(text + *size, 1, room - *size, file)) == room) {
		char *larger = realloc(text, room *= 2);
		if (!larger)
			free(text);
		text = larger;
	}
	if (!text || ferror(file)) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return text;
}

static void write_text(const char *path, const char *text, size_t size)
{
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct rhook_input input = {.flags = 0};
	struct rhook_output *output;
	struct rhook_error error;
	char *ruchy, *rust, map_path[4096];

	if (argc != 4) {
		fprintf(stderr, "usage: hook PROGRAM.ruchy PROGRAM.rs OUTPUT.rs\n");
		return 2;
	}
	input.ruchy.path = argv[1];
	input.ruchy.data = ruchy = read_text(argv[1], &input.ruchy.size);
	input.rust.path = argv[2];
	input.rust.data = rust = read_text(argv[2], &input.rust.size);
	if (rhook_instrument(&input, &output, &error) != 0) {
		fprintf(stderr, "%s:%u:%u: %s\n", argv[2], error.line, error.column, error.message);
		return 1;
	}
	write_text(argv[3], output->rust, output->rust_size);
	snprintf(map_path, sizeof map_path, "%s.map", argv[3]);
	write_text(map_path, output->map_json, output->map_json_size);
	for (size_t i = 0; i < output->function_count; i++)
		printf("%s %s:%u-%u\n", output->functions[i].name, argv[1], output->functions[i].from, output->functions[i].to);
	for (size_t i = 0; i < output->skip_count; i++)
		printf("left alone: %s:%u: %s\n", argv[2], output->skips[i].rust_line, output->skips[i].reason);
	rhook_free(output);
	free(ruchy);
	free(rust);
	return 0;
}
