#include "cold_start.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "strbuf.h"

int cold_cache_drop(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	fdatasync(fd); /* what is not written yet can't be dropped */
	int status = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	return status == 0 ? 0 : -1;
}

int cold_cache_count(const char *path, uint64_t *pages, uint64_t *in_memory)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), status = -1;

	*pages = *in_memory = 0;
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		size_t size = (size_t)st.st_size, count = (size + page - 1) / page;
		/* No page is touched, so that counting brings none back. */
		void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
		unsigned char *in = xmalloc(count);

		if (map != MAP_FAILED && mincore(map, size, in) == 0) {
			for (size_t i = 0; i < count; i++)
				*in_memory += in[i] & 1;
			*pages = count;
			status = 0;
		}
		if (map != MAP_FAILED)
			munmap(map, size);
		free(in);
	}
	close(fd);
	return status;
}
