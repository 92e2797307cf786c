/* Labels on bytes: spans, names of symbols, damaged ELF files, and the rule that the labels add up, on the programs of this system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs.h"
#include "size.h"
#include "strbuf.h"

#include <dirent.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void test_spans_random(void **context)
{
	enum { SIZE = 64, ROUNDS = 4, CLAIMS = 6 };

	(void)context;
	srand(7);
	for (int trial = 0; trial < 5000; trial++) {
		struct spans map = {0}, claims = {0};
		uint32_t expected[SIZE] = {0};
		size_t at = 0;

		for (uint32_t round = 0; round < ROUNDS; round++) {
			uint32_t fresh[SIZE] = {0};
			struct {
				uint64_t from, to;
			} made[CLAIMS];

			for (uint32_t i = 0; i < CLAIMS; i++) {
				made[i].from = (uint64_t)rand() % SIZE;
				made[i].to = made[i].from + (uint64_t)rand() % 12;
				span_claim(&claims, made[i].from, made[i].to, round * CLAIMS + i + 1);
			}
			/* the slow way: for each byte the claim that begins first, of those the longest, of those the first label */
			for (uint64_t byte = 0; byte < SIZE; byte++) {
				int best = -1;

				for (int i = 0; i < CLAIMS; i++) {
					if (byte < made[i].from || byte >= made[i].to)
						continue;
					if (best < 0 || made[i].from < made[best].from ||
					    (made[i].from == made[best].from && made[i].to > made[best].to))
						best = i;
				}
				fresh[byte] = best < 0 ? 0 : round * CLAIMS + (uint32_t)best + 1;
				if (expected[byte] == 0)
					expected[byte] = fresh[byte];
			}
			spans_apply(&map, &claims, SIZE);
		}
		for (uint64_t byte = 0; byte < SIZE; byte++) {
			const struct span *span = spans_find(&map, byte);

			assert_int_equal(span ? span->label : 0, expected[byte]);
			at += span != NULL;
		}
		assert_int_equal(spans_total(&map), at);
		spans_free(&map);
		spans_free(&claims);
	}
}

static const struct {
	const char *symbol;
	bool go;
	const char *crate, *generic;
} names[] = {
    {"_ZN9fibonacci4main17h8a19f8bf2cc3fe7cE", false, "fibonacci", "fibonacci::main"},
    {"_ZN4core3ptr13drop_in_place17h8a19f8bf2cc3fe7cE", false, "core", "core::ptr::drop_in_place"},
    {"_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$3fmt17h8a19f8bf2cc3fe7cE", false, "alloc",
     "<alloc::string::String as core::fmt::Display>::fmt"},
    {"_ZN47_$LT$app..Point$u20$as$u20$core..fmt..Debug$GT$3fmt17h8a19f8bf2cc3fe7cE", false, "app", "<app::Point as core::fmt::Debug>::fmt"},
    {"_ZN46_$LT$alloc..vec..Vec$u20$as$u20$app..Shape$GT$4area17h8a19f8bf2cc3fe7cE", false, "app", "<alloc::vec::Vec as app::Shape>::area"},
    {"_ZN3app4main17h8a19f8bf2cc3fe7cE.llvm.123", false, "app", "app::main"},
    {"_RNvNtNtCsgEmfK2I1SDS_4core5slice6memchr7memrchr", false, "core", "core::slice::memchr::memrchr"},
    {"_RNvNvNtNtNtCscTPYGNvQQN5_6memchr4arch6x86_646memchr10memchr_raw6detect", false, "memchr",
     "memchr::arch::x86_64::memchr::memchr_raw::detect"},
    {"_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placehE", false, "core", "core::ptr::drop_in_place::<_>"},
    {"_ZNSt6vectorIiSaIiEE9push_backERKi", false, "std", "std::vector<_>::push_back(int const&)"},
    {"main.main", true, "main", "main.main"},
    {"runtime.mallocgc", true, "runtime", "runtime.mallocgc"},
    {"net/http.(*Client).Do", true, "net/http", "net/http.(*Client).Do"},
    {"github.com/aws/aws-lambda-go/lambda.Start", true, "github.com/aws/aws-lambda-go", "github.com/aws/aws-lambda-go/lambda.Start"},
    {"printf", false, NULL, "printf"},
    {"_R", false, NULL, "_R"},
    {"_RNvB_", false, NULL, "_RNvB_"},
    {"_ZN", false, NULL, "_ZN"},
    {"", false, NULL, ""},
};

static void test_names(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct size_name name;

		size_name_read(names[i].symbol, names[i].go, &name);
		assert_string_equal(name.generic, names[i].generic);
		if (names[i].crate)
			assert_string_equal(name.crate, names[i].crate);
		else
			assert_null(name.crate);
		size_name_free(&name);
	}
}

/* ---- damage ------------------------------------------------------------------------------------------------------------------------- */

static bool measures(unsigned char *data, size_t size, const char *message)
{
	struct size_options options = {0};
	struct err err = {0};
	struct size_program *program = size_measure_bytes(data, size, "x", &options, &err);
	bool good = program != NULL;

	if (message)
		assert_non_null(strstr(err.what, message));
	assert_int_equal(good, !err.set);
	size_free(program);
	err_free(&err);
	return good;
}

static unsigned char *seed(size_t *size)
{
	struct err err = {0};
	char *data = fs_read(TESTS "/fuzz/corpus/elf/seed64", 0, size, &err);

	assert_non_null(data);
	return (unsigned char *)data;
}

static unsigned char *copy_of(const unsigned char *data, size_t size)
{
	unsigned char *copy = xmalloc(size + 1);

	memcpy(copy, data, size);
	copy[size] = 0;
	return copy;
}

static void test_damage(void **context)
{
	size_t size;
	unsigned char *good = seed(&size), *copy;
	Elf64_Ehdr header;

	(void)context;
	assert_true(measures(copy_of(good, size), size, NULL));
	for (size_t cut = 0; cut < size; cut++) /* an ELF file ends in its section headers: no shorter one is whole */
		assert_false(measures(copy_of(good, cut), cut, NULL));
	memcpy(&header, good, sizeof header);
	copy = copy_of(good, size);
	header.e_shoff = UINT64_MAX - 10;
	memcpy(copy, &header, sizeof header);
	assert_false(measures(copy, size, "section header table does not lie"));
	memcpy(&header, good, sizeof header);
	copy = copy_of(good, size);
	header.e_phnum = 60000;
	memcpy(copy, &header, sizeof header);
	assert_false(measures(copy, size, "program header table does not lie"));
	memcpy(&header, good, sizeof header);
	copy = copy_of(good, size);
	Elf64_Shdr section;
	memcpy(&section, copy + header.e_shoff + 2 * sizeof section, sizeof section);
	section.sh_size = UINT64_MAX / 2;
	memcpy(copy + header.e_shoff + 2 * sizeof section, &section, sizeof section);
	assert_false(measures(copy, size, "does not lie in the file"));
	copy = copy_of(good, size);
	section.sh_size = 8;
	section.sh_offset = 8;
	memcpy(copy + header.e_shoff + 2 * sizeof section, &section, sizeof section);
	memcpy(copy + header.e_shoff + 3 * sizeof section, &section, sizeof section);
	assert_false(measures(copy, size, "overlap"));
	free(good);
}

static void test_flips(void **context)
{
	size_t size;
	unsigned char *good = seed(&size);

	(void)context;
	for (size_t at = 0; at < size; at++) {
		unsigned char *copy = copy_of(good, size);

		copy[at] ^= (unsigned char)(1u << at % 8);
		measures(copy, size, NULL);
	}
	free(good);
}

/* ---- the programs of this system ---------------------------------------------------------------------------------------------------- */

enum { WANTED = 200, BYTES_MOST = 8 << 20 };

static bool is_elf(const char *path)
{
	char magic[4] = "";
	FILE *file = fopen(path, "rbe");
	bool elf = file && fread(magic, 1, 4, file) == 4 && memcmp(magic, ELFMAG, 4) == 0;

	if (file)
		fclose(file);
	return elf;
}

/* size_measure() itself fails when the sum is wrong; here it is added up once more, in another way. */
static void check_sum(const char *path, size_t bytes)
{
	struct size_options options = {0};
	struct err err = {0};
	struct size_program *program = size_measure(path, &options, &err);
	uint64_t at = 0, sum = 0;

	if (!program)
		print_error("%s: %s: %s\n", path, err.what, err.where);
	assert_non_null(program);
	for (size_t i = 0; i < program->map.count; i++) {
		assert_int_equal(program->map.rows[i].from, at);
		at = program->map.rows[i].to;
	}
	assert_int_equal(at, bytes);
	for (size_t i = 0; i < program->item_count; i++)
		sum += program->items[i].bytes;
	assert_int_equal(sum, bytes);
	size_free(program);
	err_free(&err);
}

static size_t check_directory(const char *directory, size_t most)
{
	DIR *open = opendir(directory);
	const struct dirent *entry;
	size_t done = 0;

	while (open && done < most && (entry = readdir(open))) {
		char *path = xasprintf("%s/%s", directory, entry->d_name);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < BYTES_MOST && is_elf(path)) {
			check_sum(path, (size_t)st.st_size);
			done++;
		}
		free(path);
	}
	if (open)
		closedir(open);
	return done;
}

static void test_system(void **context)
{
	static const char *const directories[] = {"/usr/bin",	"/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
						  "/usr/lib64", "/usr/lib"};
	size_t done = 0;

	(void)context;
	for (size_t i = 0; i < sizeof directories / sizeof *directories && done < WANTED; i++)
		done += check_directory(directories[i], WANTED - done);
	if (done < WANTED)
		print_message("only %zu programs are here\n", done);
	assert_true(done > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_spans_random), cmocka_unit_test(test_names),	cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_flips),	 cmocka_unit_test(test_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
