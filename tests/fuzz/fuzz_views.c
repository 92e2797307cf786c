/*
 * Every view of a profile from anywhere: whatever profile_parse() lets through, each format is written, narrowed, compared with itself. The
 * first two bytes choose options, the rest is a CBOR document.
 */
#include "exporter.h"
#include "profdata_file.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

static struct profile *parse(const uint8_t *cbor, size_t size)
{
	size_t bound = ZSTD_compressBound(size);
	uint8_t *file = malloc(PROFDATA_HEADER + bound);
	size_t packed = ZSTD_compress(file + PROFDATA_HEADER, bound, cbor, size, 1);
	XXH64_canonical_t hash;
	struct err err = {0};
	struct profile *profile;

	memcpy(file, PROFILE_MAGIC, 8);
	profdata_put32(file + PROFDATA_AT_VERSION, PROFILE_VERSION);
	profdata_put32(file + PROFDATA_AT_FLAGS, 0);
	profdata_put64(file + PROFDATA_AT_SIZE, packed);
	XXH64_canonicalFromHash(&hash, XXH3_64bits(file + PROFDATA_HEADER, packed));
	memcpy(file + PROFDATA_AT_HASH, hash.digest, sizeof hash.digest);
	profile = profile_parse(file, PROFDATA_HEADER + packed, "input", &err);
	free(file);
	err_free(&err);
	return profile;
}

static void check(int status, struct err *err, struct strbuf *out)
{
	if ((status != 0) != (err->set != 0))
		abort();
	err_free(err);
	*err = (struct err){0};
	strbuf_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned widths[] = {0, 1, 28, 40, 80, 200};
	struct profile *profile = size > 2 ? parse(data + 2, size - 2) : NULL;
	struct export_options options = {0};
	struct report *report;
	struct sources *sources;
	struct comparison *comparison;
	struct strbuf out = STRBUF_INIT;
	struct err err = {0};

	if (!profile)
		return 0;
	options.width = widths[data[0] % 6];
	options.ascii = data[0] & 0x40;
	options.color = data[0] & 0x80;
	options.verbose = data[1] & 1;
	options.lines = options.calls = options.source_map = data[1] & 2;
	options.top = data[1] & 4 ? 2 : 0;
	options.weight = (enum paths_weight)((data[1] >> 3) % 3);
	options.recursion = data[1] & 0x40 ? PATHS_DEEP : PATHS_FOLDED;
	if ((data[1] & 0x80) && profile->fn_count > 0)
		options.function = profile->fns[0].name;
	/* The paths in the input are nobody's: no file of this machine is opened for them. */
	*profile->source_path = *profile->rust_path = '\0';
	for (size_t i = 0; i < profile->file_count; i++)
		*profile->files[i].source_path = *profile->files[i].rust_path = '\0';
	report = report_new(profile);
	sources = sources_find(profile, NULL);
	options.sources = sources;
	comparison = compare_new(report, report, sources, sources);
	for (size_t i = 0; exporters[i]; i++) {
		check(exporters[i]->write(report, &options, &out, &err), &err, &out);
		if (exporters[i]->diff)
			check(exporters[i]->diff(comparison, &options, &out, &err), &err, &out);
	}
	compare_free(comparison);
	sources_free(sources);
	report_free(report);
	profile_free(profile);
	return 0;
}
