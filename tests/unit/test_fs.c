/* test_fs.c - files, and what is left when writing them fails. */
#include "fs.h"
#include "strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char *dir; /* of the present test */

static int set_up(void **state)
{
	(void)state;
	struct err err = {0};
	dir = fs_tmpdir(&err);
	return dir ? chdir(dir) : -1;
}

static int tear_down(void **state)
{
	(void)state;
	if (chdir("/") != 0)
		return -1;
	fs_remove_tree(dir);
	int left = access(dir, F_OK) == 0;
	free(dir);
	return left ? -1 : 0;
}

static int files_in(const char *path)
{
	int count = 0;
	DIR *open = opendir(path);
	assert_non_null(open);
	for (struct dirent *file; (file = readdir(open));)
		count += strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0;
	closedir(open);
	return count;
}

static void assert_holds(const char *path, const char *text)
{
	struct err err = {0};
	size_t size;
	char *data = fs_read(path, 0, &size, &err);
	assert_non_null(data);
	assert_string_equal(data, text);
	assert_int_equal(size, strlen(text));
	free(data);
}

static void put(const char *path, const char *text)
{
	struct err err = {0};
	assert_int_equal(fs_write(path, text, strlen(text), 0666, &err), 0);
}

static void assert_write_fails(const char *path, size_t size, const char *word)
{
	struct err err = {0};
	char *data = xcalloc(1, size);
	assert_int_equal(fs_write(path, data, size, 0666, &err), -1);
	assert_true(err.set);
	assert_non_null(strstr(err.what, word));
	free(data);
}

static void test_write_and_read(void **state)
{
	(void)state;
	char name[256];
	struct stat st;
	memset(name, 'n', 255);
	name[255] = 0;
	const char *const paths[] = {"plain", "-dash", "with space $x 'q'", "\xff\xfe", name};
	umask(027);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		put(paths[i], "old");
		put(paths[i], "new");
		assert_holds(paths[i], "new");
		assert_int_equal(stat(paths[i], &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
	}
	assert_int_equal(files_in("."), 5);
	umask(022);
}

static void test_write_through_link(void **state)
{
	(void)state;
	struct stat st;
	put("target", "old");
	assert_int_equal(symlink("target", "link"), 0);
	put("link", "new");
	assert_holds("target", "new");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void test_write_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	assert_write_fails("sub", 3, "directory");
	assert_write_fails("none/file", 3, "No such file");
	assert_write_fails("", 3, "without a name");
	put("file", "old");
	assert_write_fails("file/below", 3, "Not a directory");
	assert_write_fails("/proc/version", 3, "cannot write");
	assert_write_fails("/dev/full", 3, "No space left");
	assert_int_equal(files_in("."), 2);
	assert_int_equal(files_in("sub"), 0);
}

static void test_write_to_device(void **state)
{
	(void)state;
	struct stat st;
	put("/dev/null", "text");
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode)); /* written to, not replaced */
}

/* A child, since limits and users can't be taken back: its exit status says whether `check` held. */
static void in_child(void (*check)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		check();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#define CHECK(condition)                                                                                                                   \
	do {                                                                                                                               \
		if (!(condition))                                                                                                          \
			_exit(__LINE__ & 0x7f ? __LINE__ & 0x7f : 1);                                                                      \
	} while (0)

static void write_over_limit(void)
{
	struct err err = {0};
	struct rlimit limit = {4096, 4096};
	char data[10000] = "";
	setrlimit(RLIMIT_FSIZE, &limit);
	CHECK(fs_write("file", data, sizeof data, 0666, &err) == -1);
	CHECK(strstr(err.what, "File too large"));
	CHECK(fs_write("file", data, 100, 0666, &err) == 0); /* and the signal is gone: this process goes on */
}

static void test_file_size_limit(void **state)
{
	(void)state;
	put("file", "old");
	in_child(write_over_limit);
	assert_int_equal(files_in("."), 1);
}

static void write_as_nobody(void)
{
	struct err err = {0};
	CHECK(geteuid() != 0 || setuid(65534) == 0);
	CHECK(fs_write("file", "new", 3, 0666, &err) == -1);
	CHECK(strstr(err.what, "Permission denied"));
	memset(&err, 0, sizeof err);
	CHECK(fs_write("other", "new", 3, 0666, &err) == -1);
	CHECK(strstr(err.what, "Permission denied"));
	memset(&err, 0, sizeof err);
	CHECK(!fs_read("secret", 0, NULL, &err));
	CHECK(strstr(err.what, "Permission denied"));
}

static void test_no_permission(void **state)
{
	(void)state;
	put("file", "old");
	put("secret", "old");
	chmod("secret", 0);
	chmod("file", 0444);
	chmod(".", 0555);
	in_child(write_as_nobody);
	chmod(".", 0755);
	assert_holds("file", "old");
	assert_int_equal(files_in("."), 2);
}

static void test_full_disk(void **state)
{
	(void)state;
	assert_int_equal(mkdir("small", 0755), 0);
	if (mount("none", "small", "tmpfs", 0, "size=64k") < 0)
		skip(); /* not root; /dev/full above stands for it */
	put("small/file", "old");
	assert_write_fails("small/file", 1 << 20, "No space left");
	assert_holds("small/file", "old");
	assert_int_equal(files_in("small"), 1);
	assert_int_equal(umount("small"), 0);
}

static const struct {
	const char *path, *word;
	size_t limit;
} unreadable[] = {
    {"none", "no such file", 0},	 {".", "directory", 0},	  {"/dev/zero", "device", 0}, {"ten", "too large", 9},
    {"/proc/self/maps", "too large", 9}, {"", "no such file", 0},
};

static void test_read_refused(void **state)
{
	(void)state;
	put("ten", "0123456789");
	for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
		struct err err = {0};
		assert_null(fs_read(unreadable[i].path, unreadable[i].limit, NULL, &err));
		assert_non_null(strstr(err.what, unreadable[i].word));
	}
	struct err err = {0};
	char *data = fs_read("ten", 10, NULL, &err);
	assert_non_null(data);
	free(data);
	/* its size is said to be 0 */
	data = fs_read("/proc/self/maps", 0, NULL, &err);
	assert_non_null(strstr(data, "[stack]"));
	free(data);
}

/* Nobody writes to the first, the writer of the second comes late and pauses. */
static void test_read_pipe(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("alone", 0600), 0);
	assert_holds("alone", "");
	assert_int_equal(mkfifo("written", 0600), 0);
	pid_t writer = fork();
	if (writer == 0) {
		usleep(100000);
		int fd = open("written", O_WRONLY);
		usleep(100000);
		ssize_t first = write(fd, "one ", 4);
		usleep(100000);
		_exit(first == 4 && write(fd, "two", 3) == 3 ? 0 : 1);
	}
	assert_holds("written", "one two");
	assert_int_equal(waitpid(writer, NULL, 0), writer);
}

static void test_mkdirs(void **state)
{
	(void)state;
	struct err err = {0};
	struct stat st;
	assert_int_equal(fs_mkdirs("a/b//c/", &err), 0);
	assert_int_equal(fs_mkdirs("a/b/c", &err), 0);
	assert_int_equal(stat("a/b", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	put("file", "x");
	assert_int_equal(fs_mkdirs("file/below", &err), -1);
	assert_non_null(strstr(err.what, "Not a directory"));
}

static void test_remove_follows_no_link(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(fs_mkdirs("keep", &err), 0);
	put("keep/file", "x");
	assert_int_equal(fs_mkdirs("gone/deep/er", &err), 0);
	put("gone/deep/file", "x");
	assert_int_equal(symlink("../../keep", "gone/deep/link"), 0);
	fs_remove_tree("gone");
	fs_remove_tree("missing");
	assert_int_equal(access("gone", F_OK), -1);
	assert_holds("keep/file", "x");
}

static void test_which(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(fs_mkdirs("one/tool", &err), 0); /* a directory is no program */
	assert_int_equal(fs_mkdirs("two", &err), 0);
	put("one/data", "x");
	assert_int_equal(fs_write("two/tool", "x", 1, 0777, &err), 0);
	assert_int_equal(fs_write("here", "x", 1, 0777, &err), 0);
	char *path = xasprintf("%s/one::%s/two", dir, dir);
	char *old = xstrdup(getenv("PATH"));
	setenv("PATH", path, 1);
	char *found = fs_which("tool");
	assert_non_null(strstr(found, "/two/tool"));
	free(found);
	found = fs_which("here"); /* the empty entry is the working directory */
	assert_string_equal(found, "./here");
	free(found);
	assert_null(fs_which("data"));
	assert_null(fs_which(""));
	found = fs_which("two/tool");
	assert_string_equal(found, "two/tool");
	free(found);
	setenv("PATH", old, 1);
	free(old);
	free(path);
}

static void test_beside(void **state)
{
	(void)state;
	char own[4096];
	ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
	assert_true(size > 0);
	own[size] = 0;
	char *name = strrchr(own, '/');
	char *beside = fs_beside(name + 1);
	assert_string_equal(beside, own);
	free(beside);
	beside = fs_beside("../lib/x");
	assert_null(strstr(beside, ".."));
	*name = 0;
	*strrchr(own, '/') = 0;
	assert_int_equal(strncmp(beside, own, strlen(own)), 0);
	assert_string_equal(beside + strlen(own), "/lib/x");
	free(beside);
}

static void test_cache_dir(void **state)
{
	(void)state;
	struct err err = {0};
	char *cache = xasprintf("%s/x", dir);
	setenv("XDG_CACHE_HOME", cache, 1);
	char *path = fs_cache_dir(&err);
	assert_int_equal(strncmp(path, cache, strlen(cache)), 0);
	assert_int_equal(access(path, W_OK), 0);
	free(path);
	/* not usable: a directory of this user below TMPDIR */
	setenv("XDG_CACHE_HOME", "/proc/none", 1);
	setenv("TMPDIR", dir, 1);
	path = fs_cache_dir(&err);
	assert_non_null(path);
	assert_int_equal(strncmp(path, dir, strlen(dir)), 0);
	/* but never one that others may write to */
	chmod(path, 0777);
	assert_null(fs_cache_dir(&err));
	free(path);
	unsetenv("TMPDIR");
	unsetenv("XDG_CACHE_HOME");
	free(cache);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_write_and_read),	TEST(test_write_through_link),
	    TEST(test_write_refused),	TEST(test_write_to_device),
	    TEST(test_file_size_limit), TEST(test_no_permission),
	    TEST(test_full_disk),	TEST(test_read_refused),
	    TEST(test_mkdirs),		TEST(test_remove_follows_no_link),
	    TEST(test_which),		TEST(test_beside),
	    TEST(test_cache_dir),	TEST(test_read_pipe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
