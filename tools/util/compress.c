#include "compress.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define ZSTD_LEVEL 6

enum compress compress_of(const char *path)
{
	size_t size = strlen(path);

	if (size > 3 && strcmp(path + size - 3, ".gz") == 0)
		return COMPRESS_GZIP;
	return size > 4 && strcmp(path + size - 4, ".zst") == 0 ? COMPRESS_ZSTD : COMPRESS_NONE;
}

/* Fast: what the last tenth of the size would take is most of the time. zlib takes 4 GiB at a time at most; the header has no time and no
 * name, so that the same report is the same file. */
static int gzip(const struct strbuf *in, struct strbuf *out, struct err *err)
{
	z_stream z = {0};
	unsigned char block[1 << 16];
	size_t at = 0;
	int status = Z_OK;

	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, NULL, NULL, "cannot compress: zlib does not start");
	while (status == Z_OK) {
		if (z.avail_in == 0 && at < in->size) {
			size_t size = in->size - at < 1u << 30 ? in->size - at : 1u << 30;

			z.next_in = (unsigned char *)in->data + at;
			z.avail_in = (unsigned)size;
			at += size;
		}
		z.next_out = block;
		z.avail_out = sizeof block;
		status = deflate(&z, at == in->size ? Z_FINISH : Z_NO_FLUSH);
		strbuf_add(out, block, sizeof block - z.avail_out);
	}
	deflateEnd(&z);
	return status == Z_STREAM_END ? 0 : err_set(err, NULL, NULL, "cannot compress: %s", zError(status));
}

static int zstd(const struct strbuf *in, struct strbuf *out, struct err *err)
{
	size_t bound = ZSTD_compressBound(in->size), size;

	out->data = xmalloc(bound + 1);
	out->capacity = bound + 1;
	size = ZSTD_compress(out->data, bound, in->data ? in->data : "", in->size, ZSTD_LEVEL);
	if (ZSTD_isError(size))
		return err_set(err, NULL, NULL, "cannot compress: %s", ZSTD_getErrorName(size));
	out->size = size;
	out->data[size] = 0;
	return 0;
}

int compress_text(struct strbuf *text, enum compress how, struct err *err)
{
	struct strbuf out = STRBUF_INIT;
	int status;

	if (how == COMPRESS_NONE)
		return 0;
	status = how == COMPRESS_GZIP ? gzip(text, &out, err) : zstd(text, &out, err);
	if (status == 0) {
		struct strbuf old = *text;

		*text = out;
		out = old;
	}
	strbuf_free(&out);
	return status;
}
