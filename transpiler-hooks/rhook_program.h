/*
 * rhook_program.h - the Rust program as the passes of rhook_instrument() see it. Not installed.
 *
 * The syntax tree is copied once into a flat array in preorder: the subtree of node i is [i, nodes[i].last), so every pass is a loop
 * and no pass recurses, however deep the text nests. Passes in order, each filling what the later ones read:
 *
 *   rhook_macro.c      text  -> text to parse: the arguments of the standard macros look like those of ordinary calls
 *   rhook_rust.c       text  -> nodes, functions
 *   rhook_resolve.c    scopes -> known calls
 *   rhook_near.c       which closures run where they are written
 *   rhook_trait.c      which methods of traits are handed their caller's counters
 *   rhook_unwind.c     which functions cannot unwind
 *   rhook_pure.c       which functions only compute (for the table alone)
 *   rhook_exit.c       which calls may never return
 *   rhook_recursion.c  cycles of known calls, tiny functions: where the clock goes
 *   rhook_type*.c      types that the text tells
 *   rhook_owner.c      which functions may allocate                 rhook_account.c  where their account is opened
 *   rhook_site.c       the same by line
 *   rhook_block.c      known calls -> counted blocks
 *   rhook_line.c       counted blocks -> counts of lines
 *   rhook_guard.c      all of it -> edits           rhook_table.c   all of it -> function table
 *   rhook_copy.c       copies that the transpiler made (for the table alone)
 *   rhook_trace.c      another client: functions -> edits that trace them
 *   rhook_lint.c       lints that are denied -> edits
 *   rhook_hint*.c      another client: what may be changed to make it faster -> candidates, edits
 */
#ifndef RHOOK_PROGRAM_H
#define RHOOK_PROGRAM_H

#include "rhook_internal.h"

#define RHOOK_NONE	  UINT32_MAX
#define RHOOK_MAX_SIZE	  ((size_t)64 << 20)
#define RHOOK_MAX_MODULES 64 /* deeper ones are left alone: the path out of them would be too long */

/* Kinds of node that some pass asks for; everything else is K_OTHER. One row each: enum, name in the grammar. */
#define RHOOK_KINDS(X)                                                                                                                     \
	X(ABSTRACT_TYPE, "abstract_type")                                                                                                  \
	X(ARGUMENTS, "arguments")                                                                                                          \
	X(ARRAY, "array_expression")                                                                                                       \
	X(ARRAY_TYPE, "array_type")                                                                                                        \
	X(ASSIGNMENT, "assignment_expression")                                                                                             \
	X(ASYNC_BLOCK, "async_block")                                                                                                      \
	X(ATTRIBUTE, "attribute_item")                                                                                                     \
	X(AWAIT, "await_expression")                                                                                                       \
	X(BINARY, "binary_expression")                                                                                                     \
	X(BLOCK, "block")                                                                                                                  \
	X(BLOCK_COMMENT, "block_comment")                                                                                                  \
	X(BOOLEAN, "boolean_literal")                                                                                                      \
	X(BREAK, "break_expression")                                                                                                       \
	X(CALL, "call_expression")                                                                                                         \
	X(CAPTURED_PATTERN, "captured_pattern")                                                                                            \
	X(CAST, "type_cast_expression")                                                                                                    \
	X(CHARACTER, "char_literal")                                                                                                       \
	X(CLOSURE, "closure_expression")                                                                                                   \
	X(CLOSURE_PARAMETERS, "closure_parameters")                                                                                        \
	X(COMPOUND_ASSIGNMENT, "compound_assignment_expr")                                                                                 \
	X(CONST_BLOCK, "const_block")                                                                                                      \
	X(CONST_ITEM, "const_item")                                                                                                        \
	X(CONST_PARAMETER, "const_parameter")                                                                                              \
	X(CONTINUE, "continue_expression")                                                                                                 \
	X(CRATE, "crate")                                                                                                                  \
	X(DECLARATION_LIST, "declaration_list")                                                                                            \
	X(ELSE, "else_clause")                                                                                                             \
	X(EMPTY, "empty_statement")                                                                                                        \
	X(ENUM, "enum_item")                                                                                                               \
	X(ENUM_VARIANT, "enum_variant")                                                                                                    \
	X(EXPRESSION_STATEMENT, "expression_statement")                                                                                    \
	X(EXTERN_CRATE, "extern_crate_declaration")                                                                                        \
	X(EXTERN_MODIFIER, "extern_modifier")                                                                                              \
	X(FIELD_DECLARATION, "field_declaration")                                                                                          \
	X(FIELD_EXPRESSION, "field_expression")                                                                                            \
	X(FIELD_IDENTIFIER, "field_identifier")                                                                                            \
	X(FLOAT, "float_literal")                                                                                                          \
	X(FOR, "for_expression")                                                                                                           \
	X(FOREIGN_MOD, "foreign_mod_item")                                                                                                 \
	X(FUNCTION, "function_item")                                                                                                       \
	X(FUNCTION_MODIFIERS, "function_modifiers")                                                                                        \
	X(FUNCTION_SIGNATURE, "function_signature_item")                                                                                   \
	X(FUNCTION_TYPE, "function_type")                                                                                                  \
	X(GEN_BLOCK, "gen_block")                                                                                                          \
	X(GENERIC_FUNCTION, "generic_function")                                                                                            \
	X(GENERIC_TYPE, "generic_type")                                                                                                    \
	X(IDENTIFIER, "identifier")                                                                                                        \
	X(IF, "if_expression")                                                                                                             \
	X(IMPL, "impl_item")                                                                                                               \
	X(INDEX, "index_expression")                                                                                                       \
	X(INNER_ATTRIBUTE, "inner_attribute_item")                                                                                         \
	X(INTEGER, "integer_literal")                                                                                                      \
	X(LABEL, "label")                                                                                                                  \
	X(LET, "let_declaration")                                                                                                          \
	X(LET_CHAIN, "let_chain")                                                                                                          \
	X(LET_CONDITION, "let_condition")                                                                                                  \
	X(LIFETIME, "lifetime")                                                                                                            \
	X(LIFETIME_PARAMETER, "lifetime_parameter")                                                                                        \
	X(LINE_COMMENT, "line_comment")                                                                                                    \
	X(LOOP, "loop_expression")                                                                                                         \
	X(MACRO_DEFINITION, "macro_definition")                                                                                            \
	X(MACRO_INVOCATION, "macro_invocation")                                                                                            \
	X(MATCH, "match_expression")                                                                                                       \
	X(MATCH_ARM, "match_arm")                                                                                                          \
	X(MATCH_BLOCK, "match_block")                                                                                                      \
	X(MATCH_PATTERN, "match_pattern")                                                                                                  \
	X(MOD, "mod_item")                                                                                                                 \
	X(MUTABLE, "mutable_specifier")                                                                                                    \
	X(ORDERED_FIELDS, "ordered_field_declaration_list")                                                                                \
	X(PARAMETER, "parameter")                                                                                                          \
	X(PARAMETERS, "parameters")                                                                                                        \
	X(PARENTHESIZED, "parenthesized_expression")                                                                                       \
	X(PRIMITIVE_TYPE, "primitive_type")                                                                                                \
	X(REFERENCE, "reference_expression")                                                                                               \
	X(REFERENCE_PATTERN, "reference_pattern")                                                                                          \
	X(REFERENCE_TYPE, "reference_type")                                                                                                \
	X(RETURN, "return_expression")                                                                                                     \
	X(SCOPED_IDENTIFIER, "scoped_identifier")                                                                                          \
	X(SCOPED_TYPE, "scoped_type_identifier")                                                                                           \
	X(SCOPED_USE_LIST, "scoped_use_list")                                                                                              \
	X(SELF, "self")                                                                                                                    \
	X(SELF_PARAMETER, "self_parameter")                                                                                                \
	X(SHORTHAND_FIELD, "shorthand_field_identifier")                                                                                   \
	X(STATIC_ITEM, "static_item")                                                                                                      \
	X(STRING, "string_literal")                                                                                                        \
	X(STRUCT, "struct_item")                                                                                                           \
	X(STRUCT_EXPRESSION, "struct_expression")                                                                                          \
	X(SUPER, "super")                                                                                                                  \
	X(TOKEN_TREE, "token_tree")                                                                                                        \
	X(TRAIT, "trait_item")                                                                                                             \
	X(TRY, "try_expression")                                                                                                           \
	X(TRY_BLOCK, "try_block")                                                                                                          \
	X(TYPE_ALIAS, "type_item")                                                                                                         \
	X(TYPE_ARGUMENTS, "type_arguments")                                                                                                \
	X(TYPE_IDENTIFIER, "type_identifier")                                                                                              \
	X(TYPE_PARAMETER, "type_parameter")                                                                                                \
	X(TYPE_PARAMETERS, "type_parameters")                                                                                              \
	X(UNARY, "unary_expression")                                                                                                       \
	X(UNION, "union_item")                                                                                                             \
	X(UNSAFE_BLOCK, "unsafe_block")                                                                                                    \
	X(USE, "use_declaration")                                                                                                          \
	X(USE_AS, "use_as_clause")                                                                                                         \
	X(USE_WILDCARD, "use_wildcard")                                                                                                    \
	X(VARIADIC, "variadic_parameter")                                                                                                  \
	X(WHILE, "while_expression")                                                                                                       \
	X(YIELD, "yield_expression")

#define RHOOK_FIELDS(X)                                                                                                                    \
	X(ALIAS, "alias")                                                                                                                  \
	X(ALTERNATIVE, "alternative")                                                                                                      \
	X(ARGUMENT, "argument")                                                                                                            \
	X(ARGUMENTS, "arguments")                                                                                                          \
	X(BODY, "body")                                                                                                                    \
	X(BOUNDS, "bounds")                                                                                                                \
	X(CONDITION, "condition")                                                                                                          \
	X(CONSEQUENCE, "consequence")                                                                                                      \
	X(ELEMENT, "element")                                                                                                              \
	X(FIELD, "field")                                                                                                                  \
	X(FUNCTION, "function")                                                                                                            \
	X(LEFT, "left")                                                                                                                    \
	X(MACRO, "macro")                                                                                                                  \
	X(NAME, "name")                                                                                                                    \
	X(OPERATOR, "operator")                                                                                                            \
	X(PARAMETERS, "parameters")                                                                                                        \
	X(PATH, "path")                                                                                                                    \
	X(PATTERN, "pattern")                                                                                                              \
	X(RETURN_TYPE, "return_type")                                                                                                      \
	X(RIGHT, "right")                                                                                                                  \
	X(TRAIT, "trait")                                                                                                                  \
	X(TYPE, "type")                                                                                                                    \
	X(TYPE_PARAMETERS, "type_parameters")                                                                                              \
	X(VALUE, "value")

enum rhook_kind {
	K_OTHER,
#define X(kind, text) K_##kind,
	RHOOK_KINDS(X)
#undef X
};

enum rhook_field {
	F_NONE,
#define X(field, text) F_##field,
	RHOOK_FIELDS(X)
#undef X
};

struct rhook_node {
	uint32_t start, end;	   /* bytes */
	uint32_t parent, previous; /* RHOOK_NONE: the root, a first child */
	uint32_t last;		   /* behind the subtree; also the next sibling, if it is < last of the parent */
	uint32_t ctx;		   /* function whose body this runs in, RHOOK_NONE outside of any and in const, async and gen blocks */
	uint32_t call;		   /* index of the known call, RHOOK_NONE */
	uint8_t kind, field;
	bool named;
	bool handed; /* a call through a trait, or a trait's method: the caller's counters are handed over */
	bool alone;  /* the call stands for a macro whose arguments are left alone */
	bool leaves; /* the subtree, without closures and items, may leave its straight line: `?`, `return`, a loop, ... */
};

/* A macro of the standard library whose arguments are parsed as those of a call. */
struct rhook_macro {
	uint32_t name, bang, open, close; /* bytes */
	uint8_t which;			  /* row of the table of known macros */
	uint8_t shape;			  /* enum rhook_shape */
	bool silent;			  /* an assert without a message: prints the text of its condition */
	bool masked;			  /* looks like a call in the text that is parsed */
};
enum rhook_shape {
	SHAPE_PLAIN,   /* every argument is evaluated once, in order */
	SHAPE_ASSERT,  /* the first; the others only on failure */
	SHAPE_ASSERT2, /* the first two; the others only on failure */
	SHAPE_DEBUG,   /* perhaps none */
	SHAPE_FIRST,   /* the first is an expression, the others are not (matches!) */
};

/* Words of the text outside comments and literals, as rhook_macro.c found them. */
struct rhook_word {
	uint32_t start, size;
	uint32_t id;	    /* equal text, equal id */
	char before, after; /* the nearest characters of code beside it, 0 = none */
};

enum rhook_role { ROLE_FREE, ROLE_INHERENT, ROLE_TRAIT_IMPL, ROLE_TRAIT_DEFAULT, ROLE_CLOSURE };

/* What the passes know about fns[i]. */
struct rhook_info {
	uint32_t node, body; /* nodes */
	uint32_t name;	     /* id of its last name, RHOOK_NONE for closures */
	uint32_t name_node;
	uint32_t type;	  /* ROLE_INHERENT, ROLE_TRAIT_IMPL: local type, RHOOK_NONE when it is none */
	uint8_t role;	  /* enum rhook_role */
	const char *skip; /* left alone, and why */
	bool async, generic, test, main;
	bool closed; /* its calls keep the wrapper's name: they might not run in the thread that entered */
	bool handed; /* a method of a trait that takes its caller's counters; it still counts itself */
	bool near;   /* a closure that runs only in the thread and during the call of the function around it */
	bool whole;  /* can't be split into wrapper and body: instrumented in place */
	bool calm;   /* cannot unwind */
	bool pure;   /* its result follows from its arguments, numbers by value, and it does nothing else */
	bool exits;  /* may never return */
	bool recursive, tiny, braces;
	bool lean;	/* looks the thread's counters up at each block */
	bool called;	/* known calls to the body */
	bool allocates; /* may allocate by itself */
	bool reaches;	/* the same, or by known calls */
	uint32_t cycle;
	uint32_t entry; /* counter slot */
	uint32_t found; /* index when it was found, which the aligner knows it by */
};

/* A closure that the transpiler made up: left alone. */
struct rhook_made_up {
	uint32_t start, end; /* bytes */
};

/* A known call. */
struct rhook_call {
	uint32_t node, target, caller;
	uint32_t name_start, name_size; /* the bytes to be replaced */
	uint32_t block, index;
	bool back;     /* names the caller as owner of what is allocated behind it */
	uint32_t site; /* with RHOOK_BY_LINE: this line of the caller */
};

/* A counted block. `anchor` is where its guard is declared, RHOOK_NONE when it holds one call. */
struct rhook_counted {
	uint32_t slot, fn, calls, anchor;
	uint32_t wrap; /* node to be put in braces, RHOOK_NONE */
	bool calm;     /* nothing in it can unwind: no guard */
};

/* A number of executions: of a counter, of the calls of a function, or lesses[value]. */
struct rhook_count {
	enum rhook_count_kind { COUNT_NONE, COUNT_SLOT, COUNT_CALLS, COUNT_LESS } kind;
	uint32_t value;
};
struct rhook_less {
	struct rhook_count from, by; /* from - by */
};
struct rhook_line {
	struct rhook_count count;
	uint32_t fn, at; /* byte of the statement */
};
/* A counter kept in a variable of the loop (a node). */
struct rhook_tally {
	uint32_t loop, slot;
};
struct rhook_types;
struct rhook_line_edit;
struct rhook_line_end;

/* A method of a trait that gets a second one beside it (items). */
struct rhook_handing {
	uint32_t trait, method;
};

/* `own` before the byte `start`; in braces up to `end` unless that is 0. With RHOOK_BY_LINE it is this site of the function. */
struct rhook_opening {
	uint32_t fn, start, end, site;
};

/* A line of a function that allocates; the byte of what it is named for. Its record is first_site + index. */
struct rhook_site {
	uint32_t fn, at;
};
/* The value of a node is made on the account of `site`, within what is on that of `outer`; `each`: a loop goes over it. */
struct rhook_within {
	uint32_t node, site, outer;
	bool each;
};

enum rhook_memory { RHOOK_MEMORY_OFF, RHOOK_MEMORY_OWN, RHOOK_MEMORY_COUNTED };

struct rhook_program {
	const struct rhook_input *input;
	const char *text; /* input->rust.data */
	uint32_t size;
	char *bare;   /* same size: comments are blank */
	char *parsed; /* the same with macros masked: what the parser reads */
	bool no_memory;
	bool blanked; /* the parser was not shown everything: some item has a syntax that it does not know */

	/* Items outside of brackets end at these bytes: `;`, or `}` and what follows. */
	uint32_t *item_ends;
	size_t item_count, item_capacity;

	struct rhook_macro *macros;
	size_t macro_count, macro_capacity;
	struct rhook_word *words;
	size_t word_count, word_capacity;
	struct rhook_words *names; /* rhook_words.c */

	uint32_t *ends; /* byte of each line's end */
	size_t end_count, end_capacity;

	TSTree *tree;
	struct rhook_node *nodes;
	size_t node_count, node_capacity;

	struct rhook_fn *fns;
	struct rhook_info *infos;
	size_t fn_count, fn_capacity, info_capacity;
	struct rhook_made_up *made_up; /* in the order of their start */
	size_t made_up_count, made_up_capacity;

	struct rhook_call *calls;
	size_t call_count, call_capacity;
	bool *exit_names; /* by name id */
	size_t exit_name_count;
	bool single;	/* count every known call alone */
	bool foreign;	/* other crates or macros may add methods to any type */
	bool leads_out; /* of a module: it calls what is elsewhere in its crate */

	struct rhook_types *types; /* rhook_types_of() */
	struct rhook_handing *handings;
	size_t handing_count, handing_capacity;
	struct rhook_opening *openings;
	size_t opening_count, opening_capacity;
	struct rhook_site *sites;
	size_t site_count, site_capacity;
	uint32_t first_site; /* how many records functions have */
	struct rhook_within *withins;
	size_t within_count, within_capacity;
	struct rhook_counted *blocks;
	size_t block_count, block_capacity;
	struct rhook_line *lines;
	size_t line_count, line_capacity;
	struct rhook_less *lesses; /* each made of earlier ones */
	size_t less_count, less_capacity;
	struct rhook_tally *tallies; /* by loop, slot */
	size_t tally_count, tally_capacity;
	struct rhook_line_edit *line_edits; /* by place of insertion where that is the same; private to rhook_line.c */
	size_t line_edit_count, line_edit_capacity;
	struct rhook_line_end *line_ends;
	size_t line_end_count, line_end_capacity;
	struct rhook_skip *skips;
	size_t skip_count, skip_capacity;
	uint32_t slots;
	enum rhook_memory memory;
	uint32_t *traced; /* functions whose calls are traced, in place of counting */
	size_t traced_count, traced_capacity;

	char prelude_name[32];
	struct rhook_paths *paths; /* rhook_path.c */
};

/* --- rhook_words.c: ids of names, small maps ------------------------------------------------------------------------------ */
/* Grow an array of `element` bytes to hold one more than `count`; false and no_memory when that is impossible. */
bool rhook_grow(struct rhook_program *program, void **array, size_t *capacity, size_t count, size_t element);
#define RHOOK_PUSH(program, array, count, capacity)                                                                                        \
	(rhook_grow((program), (void **)&(array), &(capacity), (count), sizeof *(array)) ? &(array)[(count)++] : NULL)

struct rhook_words;
struct rhook_words *rhook_words_new(void);
void rhook_words_free(struct rhook_words *words);
/* Id of a name, RHOOK_NONE for want of memory. */
uint32_t rhook_word_id(struct rhook_words *words, const char *text, size_t size);
size_t rhook_word_count(const struct rhook_words *words);

/* (a, b) -> value */
struct rhook_pairs {
	struct rhook_pair_slot {
		uint64_t key;
		uint32_t value;
		bool used;
	} * slots;
	size_t capacity, count;
};
bool rhook_pairs_put(struct rhook_pairs *pairs, uint32_t a, uint32_t b, uint32_t value);
/* RHOOK_NONE = absent. */
uint32_t rhook_pairs_get(const struct rhook_pairs *pairs, uint32_t a, uint32_t b);
void rhook_pairs_free(struct rhook_pairs *pairs);

/* --- rhook_type*.c ---------------------------------------------------------------------------------------------------------- */
void rhook_types_free(struct rhook_types *types);

/* --- passes: false for want of memory, or with *error filled ------------------------------------------------------------- */
/* Refuses, too, what the parser had better not see: brackets nested too deeply, strings and comments without end. */
bool rhook_mask_macros(struct rhook_program *program, struct rhook_error *error);
/* Show the macro to the parser as it is. */
void rhook_unmask(struct rhook_program *program, struct rhook_macro *macro);
/* The masked macro whose name starts at this byte, or NULL. */
const struct rhook_macro *rhook_macro_at(const struct rhook_program *program, uint32_t name);
bool rhook_parse(struct rhook_program *program, struct rhook_error *error);
bool rhook_find_functions(struct rhook_program *program);
/* rhook_made_up.c: take the closures without a Ruchy counterpart out of the functions. */
bool rhook_drop_made_up(struct rhook_program *program, const struct rhook_align *align);
bool rhook_resolve(struct rhook_program *program);
bool rhook_find_near(struct rhook_program *program);
bool rhook_find_handed(struct rhook_program *program);
bool rhook_find_calm(struct rhook_program *program);
bool rhook_find_pure(struct rhook_program *program);
bool rhook_find_exits(struct rhook_program *program);
bool rhook_find_cycles(struct rhook_program *program);
bool rhook_find_owners(struct rhook_program *program);
/* rhook_site.c: the edits of program->withins, in one walk over the nodes with others that enclose values: sort, then for each node the
 * first one that is left; returns the next. */
void rhook_sort_withins(struct rhook_program *program);
size_t rhook_edit_within(const struct rhook_program *program, struct rhook_edits *edits, size_t next, uint32_t node);
bool rhook_find_blocks(struct rhook_program *program);
uint32_t rhook_take_slots(struct rhook_program *program, uint32_t count); /* the first of them */
/* Does the node run only sometimes when its parent runs, or not just once? */
bool rhook_is_conditional(const struct rhook_program *program, uint32_t node);
bool rhook_find_lines(struct rhook_program *program, const struct rhook_align *align);
/* Closing braces; to be called before any other edit is made, so that what ends at a byte comes before what begins there. */
void rhook_edit_line_ends(const struct rhook_program *program, struct rhook_edits *edits);
/* To be called when the guards of blocks are in place. */
void rhook_edit_lines(const struct rhook_program *program, struct rhook_edits *edits);
bool rhook_guard(struct rhook_program *program, struct rhook_edits *edits);
/* rhook_trace.c: in place of the counters, trace program->traced, which the first fills; their records of the table. */
bool rhook_find_traced(struct rhook_program *program, const struct rhook_output *output, struct rhook_error *error);
bool rhook_trace(struct rhook_program *program, struct rhook_edits *edits);
void rhook_trace_table(const struct rhook_program *program, const struct rhook_output *output, struct rhook_buf *out);
/* rhook_copy.c: records of the table for copies that the transpiler made on its own. */
struct rhook_starts {
	uint32_t *bytes; /* where each line of the Ruchy text begins; NULL: there is no text. free() */
	size_t count;
};
struct rhook_starts rhook_starts_of(struct rhook_program *program);
void rhook_copies_write(struct rhook_program *program, const struct rhook_align *align, const struct rhook_starts *starts,
			struct rhook_buf *out);
/* Line of the method whose name begins at this byte: where the transpiler added it, that of what it is called on. */
uint32_t rhook_line_of_method(const struct rhook_program *program, const struct rhook_align *align, const struct rhook_starts *starts,
			      uint32_t name);
/* Free text in a record of the table. */
void rhook_table_text(struct rhook_buf *out, const char *text);
/* Wants functions and skips of `output` filled. */
void rhook_table_write(struct rhook_program *program, const struct rhook_align *align, const struct rhook_output *output,
		       struct rhook_buf *out);

/* --- rhook.c, rhook_hint.c: what is asked for --------------------------------------------------------------------------------- */
struct rhook_choice;
struct rhook_candidates;
struct rhook_job {
	enum { RHOOK_MAP, RHOOK_COUNT, RHOOK_HINT } work;
	/* RHOOK_HINT: find candidates where `candidates` is not NULL, else apply choices */
	struct rhook_candidates **candidates;
	const struct rhook_choice *choices;
	size_t choice_count;
};
int rhook_run(const struct rhook_input *input, struct rhook_output **output, struct rhook_job *job, struct rhook_error *error);
/* Fills rust, back and refused. */
bool rhook_hint_work(struct rhook_program *program, const struct rhook_align *align, const struct rhook_job *job,
		     struct rhook_output *output, struct rhook_error *error);

/* --- rhook_path.c: from a place in the text to the prelude ------------------------------------------------------------------ */
bool rhook_find_paths(struct rhook_program *program);
void rhook_free_paths(struct rhook_program *program);
/* Is it in too many modules for a path? */
bool rhook_is_too_deep(const struct rhook_program *program, uint32_t byte);
/* `crate::__rprof::`; the same with `here()` behind it. */
const char *rhook_path(const struct rhook_program *program, uint32_t byte);
const char *rhook_here(const struct rhook_program *program, uint32_t byte);

/* --- the tree ---------------------------------------------------------------------------------------------------------- */
uint32_t rhook_child(const struct rhook_program *program, uint32_t node, enum rhook_field field);
uint32_t rhook_child_kind(const struct rhook_program *program, uint32_t node, enum rhook_kind kind);
static inline uint32_t rhook_first(const struct rhook_program *program, uint32_t node)
{
	return program->nodes[node].last > node + 1 ? node + 1 : RHOOK_NONE;
}
static inline uint32_t rhook_next(const struct rhook_program *program, uint32_t node)
{
	uint32_t parent = program->nodes[node].parent, last = program->nodes[node].last;
	return parent != RHOOK_NONE && last < program->nodes[parent].last ? last : RHOOK_NONE;
}
static inline bool rhook_is_comment(const struct rhook_node *node)
{
	return node->kind == K_LINE_COMMENT || node->kind == K_BLOCK_COMMENT;
}
bool rhook_node_is(const struct rhook_program *program, uint32_t node, const char *text);
/* Is its text one of `words`, each with a blank before and behind it? None has more than 29 bytes. */
bool rhook_node_among(const struct rhook_program *program, uint32_t node, const char *words);
uint32_t rhook_node_name(struct rhook_program *program, uint32_t node); /* id of its text */
/* The node that names what is called, in `f(..)`, `a::f(..)`, `x.f(..)`, each with or without turbofish; else RHOOK_NONE. */
uint32_t rhook_callee_name(const struct rhook_program *program, uint32_t call);
/* A macro of the standard library that neither defines a name nor hides one. */
bool rhook_is_standard_macro(const struct rhook_program *program, uint32_t macro_invocation);
/* Does the attribute concern the body of a function, so that a second copy of the function needs it too? */
bool rhook_attribute_copied(const struct rhook_program *program, uint32_t attribute_item);
/* rhook_guard.c: where the first statement of a body in braces may stand: behind the brace, or behind `#![..]` and `//! ..`. */
uint32_t rhook_body_start(const struct rhook_program *program, uint32_t body);
/* rhook_lint.c: lints that are denied are allowed. To be called before any other edit is made. */
void rhook_allow_lints(const struct rhook_program *program, struct rhook_edits *edits);
/* Where the word of an attribute that denies lints stands, at or behind `from`: `deny`, `forbid`, `expect`; its size in *size, 0: there is
 * none. */
uint32_t rhook_denying(const struct rhook_program *program, uint32_t attribute, uint32_t from, uint32_t *size);
/* Has the item a `#[cfg(..)]`? */
bool rhook_may_be_left_out(const struct rhook_program *program, uint32_t item);
/* rhook_assert.c: the condition of an assert without a message, RHOOK_NONE if the call is none; how rustc prints it (false: not known); */
/* the edits around those that are changed, to be made before and behind all others. */
uint32_t rhook_condition(const struct rhook_program *program, uint32_t call);
bool rhook_print_condition(const struct rhook_program *program, uint32_t condition, struct rhook_buf *out);
void rhook_open_asserts(const struct rhook_program *program, struct rhook_edits *edits);
void rhook_close_asserts(struct rhook_program *program, struct rhook_edits *edits);
void rhook_note_skip(struct rhook_program *program, uint32_t byte, const char *reason);
uint32_t rhook_row(const struct rhook_program *program, uint32_t byte); /* 1-based line */

#endif
