# Programs that do to themselves what a recorder may not survive: every count is there, and the exit status is the program's own.
load helper

# counts PROGRAM.rs: `name calls` of each function, from a profile of two runs
counts() {
	"$PROF" profile --binary "$1" --iterations 2 --format json --output out.json --data out.data 2> err || true
	python3 -c 'import json; print(*sorted("%s %s" % (f["name"], f["calls"]) for f in json.load(open("out.json"))["functions"]), sep="\n")'
}

@test "a program that closes every descriptor it did not open" {
	rust fds.rs <<- 'END'
		extern "C" { fn close(fd: i32) -> i32; fn close_range(a: u32, b: u32, f: u32) -> i32; }
		fn w(n: u64) -> u64 { let v = vec![n; 10]; v[0] + 1 }
		fn main() {
		    for i in 0..10 { w(i); }
		    unsafe { close_range(3, 100000, 0); for f in 100..2000 { close(f); } }
		    for i in 0..10 { w(i); }
		    std::thread::spawn(|| { for i in 0..10 { w(i); } }).join().unwrap();
		}
	END
	[ "$(counts fds.rs)" = $'main 1\nmain::{closure} 1\nw 30' ]
}

@test "a program that changes its directory and its environment" {
	rust cd.rs <<- 'END'
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    std::env::set_current_dir("/").unwrap();
		    unsafe { std::env::set_var("RUCHY_PROF_FILE", "/x"); std::env::remove_var("HOME"); }
		    w(1);
		    std::thread::spawn(|| w(2)).join().unwrap();
		}
	END
	[ "$(counts cd.rs)" = $'main 1\nmain::{closure} 1\nw 2' ]
}

@test "300 children" {
	rust forks.rs <<- 'END'
		extern "C" { fn fork() -> i32; fn wait(s: *mut i32) -> i32; fn _exit(s: i32) -> !; }
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    for i in 0..300 {
		        unsafe { if fork() == 0 { w(i); _exit(0); } while wait(std::ptr::null_mut()) > 0 {} }
		        w(i);
		    }
		}
	END
	[ "$(counts forks.rs)" = $'main 1\nw 600' ]
}

@test "a program that starts itself anew with exec" {
	rust execs.rs <<- 'END'
		use std::os::unix::process::CommandExt;
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    w(1);
		    w(2);
		    if std::env::var("AGAIN").is_err() { let _ = std::process::Command::new("/proc/self/exe").env("AGAIN", "1").exec(); }
		}
	END
	[ "$(counts execs.rs)" = $'main 2\nw 4' ]
}

@test "limits that the program sets itself: size of files, memory, descriptors" {
	rust limits.rs <<- 'END'
		extern "C" { fn setrlimit(r: i32, l: *const [u64; 2]) -> i32; }
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    w(1);
		    unsafe { setrlimit(1, &[0, 0]); setrlimit(9, &[50 << 20, 50 << 20]); setrlimit(7, &[3, 3]); setrlimit(4, &[0, 0]); }
		    for i in 0..10 { w(i); }
		}
	END
	[ "$(counts limits.rs)" = $'main 1\nw 11' ]
	# More threads at once than the file had room for: it may not grow any more, and that kills nobody.
	rust many.rs <<- 'END'
		extern "C" { fn setrlimit(r: i32, l: *const [u64; 2]) -> i32; }
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    w(1);
		    unsafe { setrlimit(1, &[0, 0]); }
		    let all: Vec<_> = (0..300).map(|i| std::thread::spawn(move || { std::thread::sleep(std::time::Duration::from_millis(200)); w(i) })).collect();
		    for one in all { one.join().unwrap(); }
		}
	END
	run "$PROF" profile --binary many.rs --iterations 2
	[ "$status" = 0 ]
}

@test "handlers of our signals, and timers of the program's own; every signal ignored" {
	rust signals.rs <<- 'END'
		use std::sync::atomic::{AtomicU64, Ordering};
		extern "C" { fn signal(s: i32, h: usize) -> usize; fn setitimer(w: i32, v: *const [i64; 4], o: usize) -> i32; }
		static N: AtomicU64 = AtomicU64::new(0);
		extern "C" fn on(_: i32) { N.fetch_add(1, Ordering::Relaxed); }
		fn w(n: u64) -> u64 { let mut s = n; for i in 0..1000u64 { s = s.wrapping_mul(31) ^ i; } s }
		fn main() {
		    unsafe { for s in [14, 26, 27] { signal(s, on as *const () as usize); } setitimer(2, &[0, 1000, 0, 1000], 0); setitimer(0, &[0, 1000, 0, 1000], 0); }
		    let mut s = 0;
		    for i in 0..50000 { s ^= w(i); }
		    println!("{} {}", s, N.load(Ordering::Relaxed) > 3);
		    unsafe { for s in 1..64 { signal(s, 1); } }
		}
	END
	[ "$(counts signals.rs)" = $'main 1\non None\nw 50000' ]
	run "$PROF" profile --binary signals.rs --iterations 1 --show-output
	[[ $output == *" true"* ]]
}

@test "system calls that are denied: seccomp allows read, write and exit alone" {
	rust denied.rs <<- 'END'
		extern "C" { fn prctl(a: i32, b: u64, c: u64, d: u64, e: u64) -> i32; fn syscall(n: i64, a: i64) -> i64; }
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    unsafe { if prctl(22, 1, 0, 0, 0) != 0 { std::process::exit(8); } }
		    let mut s = 0;
		    for i in 0..100 { s += w(i); }
		    if s == 5050 { unsafe { syscall(60, 7); } }
		}
	END
	[ "$(counts denied.rs)" = $'main 1\nw 100' ]
	grep -q 'exit status 7' err
}

@test "chroot into an empty directory, without rights" {
	[ "$(id -u)" = 0 ] || skip "only root may"
	mkdir empty
	rust root.rs <<- 'END'
		use std::ffi::CString;
		extern "C" { fn chroot(p: *const i8) -> i32; fn chdir(p: *const i8) -> i32; fn setuid(u: u32) -> i32; }
		fn w(n: u64) -> u64 { n + 1 }
		fn main() {
		    let (to, top) = (CString::new("empty").unwrap(), CString::new("/").unwrap());
		    unsafe { if chroot(to.as_ptr() as _) + chdir(top.as_ptr() as _) + setuid(65534) != 0 { std::process::exit(8); } }
		    w(1);
		    std::thread::spawn(|| w(2)).join().unwrap();
		}
	END
	[ "$(counts root.rs)" = $'main 1\nmain::{closure} 1\nw 2' ]
	[ ! -s err ]
}

@test "ten profiles of one program at once, cold cache" {
	echo 'fn w(n: u64) -> u64 { n + 1 } fn main() { for i in 0..7 { w(i); } }' > same.rs
	for i in 1 2 3 4 5 6 7 8 9 10; do
		XDG_CACHE_HOME=$PWD/cold "$PROF" profile --binary same.rs --iterations 2 --format json --output $i.json --data $i.data > $i.log 2>&1 &
	done
	wait
	python3 -c 'import json, glob; print({tuple((f["name"], f["calls"]) for f in json.load(open(n))["functions"]) for n in glob.glob("*.json")}, len(glob.glob("*.json")))' > all
	grep -E "\('w', 7\)" all
	grep -E " 10$" all
	[ -z "$(cat ./*.log | grep -v '^$' | grep ruchy-prof:)" ]
}

@test "a cache on a full disk: the message says so" {
	unshare -rm true 2> /dev/null || skip "no mount name space here"
	echo 'fn main() {}' > small.rs
	mkdir disk
	# shellcheck disable=SC2016
	run unshare -rm bash -c 'mount -t tmpfs -o size=256k none disk && XDG_CACHE_HOME=$PWD/disk "$0" profile --binary small.rs' "$PROF"
	[ "$status" = 1 ]
	[[ $output == *"disk of the build cache is full"* ]]
}

@test "a cached program that lost the right to run is built anew" {
	echo 'fn main() {}' > right.rs
	export XDG_CACHE_HOME=$PWD/lost
	"$PROF" profile --binary right.rs --iterations 1 --data a.data
	find lost -type f -exec chmod 600 {} +
	"$PROF" profile --binary right.rs --iterations 1 --data a.data
}
