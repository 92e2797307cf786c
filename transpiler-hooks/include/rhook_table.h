/*
 * rhook_table.h - the function table: what each counter of an instrumented program means.
 *
 * UTF-8 text, one record a line, fields separated by one TAB, the free-text field last. In free text `\\`, `\t`, `\n`, `\r`
 * stand for backslash, tab, newline, carriage return. Records in this order; a reader ignores records whose first word it
 * does not know. Lines are 1-based, 0 = not known. Written by rhook_table.c, read by tools/profdata/raw_table.c.
 *
 *   rprof-table 1
 *   source   HASH PATH                 XXH3-128 of the .ruchy text (32 hex digits, "-" when there is none), path as given
 *   rust     HASH PATH                 the same of the Rust text before instrumentation
 *   memory   STATE                     allocations: `counted`, `own` (the program has an allocator of its own: not counted),
 *                                      `off` (not asked for); no such record: not counted
 *   fn       ID ENTRY KIND FLAGS FROM TO RFROM RTO NAME
 *              ID      0,1,2,... without gaps
 *              ENTRY   counter slot of calls counted at the callee's entry, "-" if there are none
 *              KIND    fn | method | closure | inlined (the transpiler left no code) | skipped (not instrumented)
 *              FLAGS   letters or "-": r recursive (alone or in a cycle), t clock may run, a async, g generic, m test,
 *                      p pure: arithmetic on numbers that are passed by value, and calls of such functions
 *              FROM TO lines in the .ruchy file     RFROM RTO lines in the Rust text before instrumentation
 *              NAME    as in Ruchy: `fibonacci`, `Point::new`, `main::{closure}`; the second closure of one function
 *                      is `main::{closure#2}`
 *   block    SLOT FN CALLS             a counted block of FN with CALLS known calls in evaluation order. Counter SLOT counts
 *                                      the executions; where CALLS > 1, counters SLOT+1 .. SLOT+CALLS count the unwindings:
 *                                      SLOT+1+j those after which exactly j calls had been started.
 *   call     SLOT INDEX CALLEE LINE RLINE   the INDEX-th (from 0) call of the block at SLOT
 *   less     ID FROM BY                a count that follows from two others: FROM - BY. ID 0,1,2,... without gaps
 *   line     COUNT FN LINE RLINE RCOL  COUNT executions of what begins here (RCOL: bytes, from 1). Several records may name one COUNT (code
 * that always runs together) or one line, which then has the largest of their counts. A COUNT, and FROM and BY, is N: counter N; fN: calls
 * of function N; lN: that of an earlier `less`. Without --lines there are only such lines whose count the counters of the calls tell.
 *   site     ID FN LINE RLINE          a line of FN that allocates; ID: its record of allocations, behind those of the functions, no gaps
 *   copy     FN LINE METHOD            FN copies here (METHOD: clone, to_string, ...) where the line of Ruchy has no such word
 *   skip     RLINE REASON...           something left alone, and why
 *
 * A program that is built to trace calls has no `fn` to `line` records, but for each traced function
 *   trace    ID FN FROM TO RESULT NAME   ID 0,1,2,... without gaps: its number in the trace; FN: the one it has in other builds; RESULT:
 * its type as in the Rust text, "-" when none is written; FROM, TO, NAME as in `fn` argument ID NAME TYPE              its parameters in
 * order; NAME "-": taken apart by a pattern; TYPE "-": none is written
 *
 * Calls of a function = its ENTRY counter + sum over its `call` records of (SLOT - sum of SLOT+1+j for j <= INDEX).
 */
#ifndef RHOOK_TABLE_H
#define RHOOK_TABLE_H

#define RHOOK_TABLE_MAGIC "rprof-table 1"

#endif
