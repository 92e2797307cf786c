/* pgo_transpile.c - `transpile --pgo-data`: from profile and source to a text that stands alone, and the profile of LLVM beside it. */
#include "fs.h"
#include "hash.h"
#include "pgo.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *pgo_data_beside(const char *source, bool must_exist)
{
	const char *slash = strrchr(source, '/'), *dot = strrchr(source, '.');
	size_t stem = dot && (!slash || dot > slash) ? (size_t)(dot - source) : strlen(source);
	char *path = xasprintf("%.*s.pgo.data", (int)stem, source);

	if (!must_exist || access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *beside_output(const char *output)
{
	const char *slash = strrchr(output, '/'), *dot = strrchr(output, '.');
	size_t stem = dot && (!slash || dot > slash) ? (size_t)(dot - output) : strlen(output);

	return xasprintf("%.*s.profdata", (int)stem, output);
}

static const char *base(const char *path)
{
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

/* --- the header -------------------------------------------------------------------------------------------------------------------------
 */

static char *command(const struct build *build, const struct pgo_result *result, const char *output, const char *llvm)
{
	char **words = pgo_flag_words(result->flags), *use = llvm ? xasprintf("profile-use=%s", base(llvm)) : NULL, *line;
	char *flags[4 * PGO_FLAGS_MOST + 3] = {NULL};
	size_t used = 0;

	for (; words[used]; used++)
		flags[used] = words[used];
	if (use) {
		flags[used++] = (char *)"-C";
		flags[used] = use;
	}
	line = build_variant_command(build, flags, base(output), build_crate(build));
	free(words);
	free(use);
	return line;
}

static void put_header(const struct build *build, const struct pgo_match *match, const struct pgo_result *result, const char *output,
		       const char *llvm, struct strbuf *text)
{
	char *line = command(build, result, output, llvm), *gain = pgo_interval_text(&result->plain_gain);

	strbuf_printf(text, "// Optimised from %s by ruchy-prof %s. Compile it with:\n//   %s\n", base(build->source), RUCHY_PROF_VERSION,
		      line);
	if (result->plain_gain.value > 0)
		strbuf_printf(text, "// Measured: %s as fast as the plain build (%s).\n", gain, result->figure);
	if (match->changed)
		strbuf_printf(text, "// %zu of %zu functions changed since the profile was collected: their hints are left out.\n",
			      match->changed, match->changed + match->known);
	free(line);
	free(gain);
}

static char *whole_text(const struct build *build, const struct pgo_match *match, const struct pgo_result *result, const char *output,
			const char *llvm, size_t *size)
{
	struct strbuf text = STRBUF_INIT;
	size_t first =
	    result->rust_size > 2 && memcmp(result->rust, "#!", 2) == 0 && result->rust[2] != '[' ? strcspn(result->rust, "\n") + 1 : 0;

	strbuf_add(&text, result->rust, first);
	put_header(build, match, result, output, llvm, &text);
	strbuf_add(&text, result->rust + first, result->rust_size - first);
	*size = text.size;
	return strbuf_take(&text);
}

/* --- files
 * ---------------------------------------------------------------------------------------------------------------------------------- */

/* The profile of LLVM beside the output, when it is to be used and fits. The path, which the caller frees; NULL: none. */
static char *write_llvm(const struct profile *profile, struct build *build, struct pgo_result *result, const char *output, struct err *err)
{
	char **words = pgo_flag_words(result->flags), *file = NULL, *path = NULL, *data = NULL;
	const struct profile_llvm *row = result->llvm ? pgo_llvm_find(profile, build, result->rust, result->rust_size, words) : NULL;
	struct err problem = {0};
	size_t size;

	free(words);
	if (result->llvm && !row)
		err_set(&problem, NULL, "collect again", "the counters of LLVM are of another text or another rustc");
	file = row ? pgo_llvm_file(build, row->counters, &problem) : NULL;
	data = file ? fs_read(file, 0, &size, err) : NULL;
	if (data) {
		path = beside_output(output);
		if (fs_write(path, data, size, 0666, err) < 0) {
			free(path);
			path = NULL;
		}
	} else if (result->llvm) {
		result->llvm = false;
		free(result->llvm_why);
		result->llvm_why = xasprintf("%s%s%s", problem.what, *problem.hint ? "; " : "", problem.hint);
		fprintf(stderr, "ruchy-prof: the profile of LLVM is left out: %s\n", result->llvm_why);
	}
	free(file);
	free(data);
	err_free(&problem);
	return path;
}

static int write_output(const struct pgo_transpile_options *o, const struct profile *profile, struct build *build,
			const struct pgo_match *match, struct pgo_result *result, struct err *err)
{
	bool to_file = o->output && strcmp(o->output, "-") != 0;
	const char *output = to_file ? o->output : "optimized.rs";
	char *llvm = NULL, *text;
	size_t size;
	int status = 0;

	if (!to_file && result->llvm) {
		result->llvm = false; /* there is no place for its file */
		fprintf(stderr, "ruchy-prof: the profile of LLVM is left out: say --output F.rs, and it is written beside it\n");
	}
	if (to_file)
		llvm = write_llvm(profile, build, result, output, err);
	if (err->set)
		return -1;
	text = whole_text(build, match, result, output, llvm, &size);
	if (to_file)
		status = fs_write(o->output, text, size, 0666, err);
	else if (!o->explain)
		fwrite(text, 1, size, stdout);
	free(text);
	free(llvm);
	return status;
}

/* --- decide
 * ----------------------------------------------------------------------------------------------------------------------------------- */

static int decide(const struct pgo_transpile_options *o, struct profile *profile, struct build *build, const struct pgo_match *match,
		  struct pgo_result *result, struct err *err)
{
	struct pgo_trainings trainings = {0};
	int status = o->again || o->select.no_measure ? 1 : pgo_select_kept(profile, build, match, &o->select, result, err);

	if (status != 1)
		return status;
	status = o->select.no_measure ? 0 : pgo_trainings_of(&trainings, profile, err);
	if (status == 0)
		status = pgo_select(profile, build, match, &trainings, &o->select, result, err);
	term_progress_clear();
	if (status == 0 && !o->select.no_measure) {
		struct err problem = {0};

		if (profile_write(profile, o->data, &problem) < 0)
			fprintf(stderr, "ruchy-prof: the decisions are not kept: %s: %s\n", problem.what, problem.where);
		err_free(&problem);
	}
	pgo_trainings_free(&trainings);
	return status;
}

static void tell(const struct pgo_transpile_options *o, const struct pgo_match *match, const struct pgo_result *result)
{
	struct strbuf text = STRBUF_INIT;

	if (match->changed)
		fprintf(stderr, "ruchy-prof: %zu of %zu functions changed since collection: their hints are left out\n", match->changed,
			match->changed + match->known);
	if (!o->explain)
		return;
	pgo_explain(result, match, o->source, &text);
	fputs(text.data ? text.data : "", stdout);
	strbuf_free(&text);
}

static void tell_left_out(const struct pgo_result *result)
{
	size_t count = 0;

	for (size_t i = 0; i < result->proposals.count; i++)
		count += result->proposals.list[i].verdict == PGO_LEFT_OUT && result->proposals.list[i].slower &&
			 result->proposals.list[i].candidate_count > 0;
	if (count)
		fprintf(stderr, "ruchy-prof: %zu hint%s left out, since nothing was measured (--explain lists them)\n", count,
			count == 1 ? "" : "s");
}

int pgo_transpile(const struct pgo_transpile_options *o, struct err *err)
{
	struct build_options b = {.source = o->source, .rustc_flags = o->rustc_flags};
	struct build *build = NULL;
	struct profile *profile = profile_read(o->data, err);
	struct pgo_match match = {0};
	struct pgo_result result = {0};
	int status = profile ? build_transpile(&b, &build, err) : -1;

	if (status == 0)
		status = build_need_rustc(build, err);
	if (status == 0)
		status = pgo_match(profile, build, &match, err);
	if (status == 0)
		status = decide(o, profile, build, &match, &result, err);
	if (status == 0)
		status = write_output(o, profile, build, &match, &result, err);
	if (status == 0) {
		tell(o, &match, &result);
		if (o->select.no_measure && !o->explain)
			tell_left_out(&result);
	}
	pgo_result_free(&result);
	pgo_match_free(&match);
	build_free(build);
	profile_free(profile);
	return status;
}
