/* pgo_training.c - inputs and arguments that the program is trained on. */
#include "fs.h"
#include "hash.h"
#include "pgo.h"
#include "shellquote.h"

#include <stdlib.h>
#include <string.h>

static char **copy_words(char *const *words)
{
	size_t count = 0;

	while (words && words[count])
		count++;
	char **copy = xcalloc(count + 1, sizeof *copy);

	for (size_t i = 0; i < count; i++)
		copy[i] = xstrdup(words[i]);
	return copy;
}

static void add(struct pgo_trainings *trainings, const char *input, char **args)
{
	trainings->list = xrealloc(trainings->list, trainings->count + 1, sizeof *trainings->list);
	trainings->list[trainings->count++] = (struct pgo_training){input ? xstrdup(input) : NULL, args};
}

/* One line of arguments with every input. */
static void add_inputs(struct pgo_trainings *trainings, const char *const *inputs, size_t count, char *const *args)
{
	for (size_t i = 0; i < (count ? count : 1); i++)
		add(trainings, count ? inputs[i] : NULL, copy_words(args));
}

static int add_lines(struct pgo_trainings *trainings, const char *const *inputs, size_t count, const char *path, struct err *err)
{
	char *text = fs_read(path, 1 << 20, NULL, err), *rest = text, *line;
	int status = text ? 0 : -1;

	while (status == 0 && (line = strsep(&rest, "\n"))) {
		size_t words;
		char **args = shellquote_split(line, &words, err);

		if (!args)
			status = -1;
		else if (words > 0)
			add_inputs(trainings, inputs, count, args);
		shellquote_free(args);
	}
	free(text);
	if (status == 0 && trainings->count == 0)
		status = err_usage(err, path, "write the arguments of one run on each line", "no arguments are in the file");
	return status;
}

int pgo_trainings_make(struct pgo_trainings *trainings, const char *const *inputs, size_t input_count, const char *args_file,
		       char *const *args, struct err *err)
{
	*trainings = (struct pgo_trainings){0};
	for (size_t i = 0; i < input_count; i++) {
		char hash[HASH_HEX];
		size_t size;

		if (hash_file(inputs[i], hash, &size) < 0)
			return err_set(err, inputs[i], "give a regular file", "cannot read the input");
	}
	if (args_file)
		return add_lines(trainings, inputs, input_count, args_file, err);
	add_inputs(trainings, inputs, input_count, args);
	return 0;
}

int pgo_trainings_of(struct pgo_trainings *trainings, const struct profile *profile, struct err *err)
{
	*trainings = (struct pgo_trainings){0};
	for (size_t i = 0; i < profile->training_count; i++) {
		const struct profile_training *row = &profile->trainings[i];
		bool file = *row->input && strcmp(row->input, "-") != 0;
		char hash[HASH_HEX];
		size_t words, size;
		char **args;

		if (file && (hash_file(row->input, hash, &size) < 0 || strcmp(hash, row->input_hash) != 0))
			return err_set(err, row->input, "collect again, or measure nothing with --no-measure",
				       "an input of the training is not there any more, or is another one");
		args = shellquote_split(row->args, &words, err);
		if (!args)
			return -1;
		add(trainings, file ? row->input : NULL, args);
	}
	if (trainings->count == 0) {
		char *none[] = {NULL};

		add(trainings, NULL, copy_words(none));
	}
	return 0;
}

void pgo_trainings_free(struct pgo_trainings *trainings)
{
	for (size_t i = 0; i < trainings->count; i++) {
		free(trainings->list[i].input);
		shellquote_free(trainings->list[i].args);
	}
	free(trainings->list);
	*trainings = (struct pgo_trainings){0};
}

struct subprocess_stdin *pgo_training_open(const struct pgo_training *training, struct err *err)
{
	return training->input ? subprocess_stdin_open_file(training->input, err) : subprocess_stdin_open(err);
}

int pgo_training_note(struct profile *profile, const struct pgo_training *training, uint64_t runs, struct err *err)
{
	struct profile *one = profile_new();
	char hash[HASH_HEX] = "", *args = shellquote_join(training->args);
	char *path = training->input ? realpath(training->input, NULL) : NULL;
	size_t size;
	int status = 0;

	if (training->input && (!path || hash_file(path, hash, &size) < 0))
		status = err_set(err, training->input, NULL, "cannot read the input");
	one->trainings = xcalloc(1, sizeof *one->trainings);
	one->training_count = 1;
	one->trainings[0] = (struct profile_training){path ? path : xstrdup(""), xstrdup(hash), args, runs};
	if (status == 0)
		status = profile_merge(profile, one, err);
	profile_free(one);
	return status;
}
