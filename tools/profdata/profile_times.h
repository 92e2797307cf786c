/* profile_times.h - the histogram's buckets, for the check. Private to tools/profdata; the rest is in profile.h. */
#ifndef PROFILE_TIMES_H
#define PROFILE_TIMES_H

#include <stdint.h>

#define PROFILE_BUCKETS (58u * 128u) /* keys that exist: 0 .. PROFILE_BUCKETS - 1 */

/* Values below 128 have a bucket each; above, every power of two is cut into 128 buckets of equal width. */
uint32_t profile_bucket_key(uint64_t ns);

#endif
