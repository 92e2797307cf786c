/*
 * Calls that may never return although nothing unwinds: a block must end behind them. Names decide, not resolution: a function that
 * mentions the name of one that may exit may exit itself, however it gets there. Where exits can come from calls that have no name in the
 * text (closures, operators, formatting), every call of the program is counted alone.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

struct exits {
	struct rhook_program *program;
	uint32_t *first, *next; /* by name id: its words; by word: the next one of that name */
	uint32_t *owner;	/* by word: the innermost function around it */
	bool *loose;		/* by word: in a closure that was made up, which may be called from anywhere */
	uint32_t *work;		/* names to be followed */
	size_t work_count;
};

/* A call of `fork` returns twice: the child counts into its own file what follows, so that must not have been counted before. */
static const char *const system_calls[] = {
    "exit",    "abort",	 "exec",   "_exit",	   "quick_exit", "_Exit",      "exit_group", "pthread_exit", "fork",	"vfork",
    "forkpty", "daemon", "execl",  "execle",	   "execlp",	 "execv",      "execve",     "execvp",	     "execvpe", "kill",
    "killpg",  "raise",	 "tgkill", "pthread_kill", "longjmp",	 "siglongjmp", "fexecve",    "execveat",     "syscall"};

static void mark_name(struct exits *e, uint32_t name)
{
	struct rhook_program *p = e->program;

	if (name == RHOOK_NONE || name >= p->exit_name_count || p->exit_names[name])
		return;
	p->exit_names[name] = true;
	e->work[e->work_count++] = name;
}

static void mark_function(struct exits *e, uint32_t fn)
{
	struct rhook_program *p = e->program;

	while (fn != RHOOK_NONE && !p->infos[fn].exits) {
		struct rhook_info *info = &p->infos[fn];
		info->exits = true;
		if (info->role != ROLE_FREE && info->role != ROLE_INHERENT)
			p->single = true;
		mark_name(e, info->name);
		fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent;
	}
}

static bool word_is(const struct rhook_program *p, uint32_t word, const char *text)
{
	return strlen(text) == p->words[word].size && memcmp(p->text + p->words[word].start, text, p->words[word].size) == 0;
}

/* Named without being called there and then: it may be called from anywhere. */
static bool is_value(const struct rhook_program *p, uint32_t word, bool ours)
{
	const struct rhook_word *w = &p->words[word];

	if (w->after == '(' || w->after == ':' || w->after == '!')
		return false;
	if (word && word_is(p, word - 1, "fn"))
		return false;
	return ours || w->before == ':';
}

/* `use` alone does not call; `as` gives a name that is not followed. */
static bool *find_imports(const struct rhook_program *p)
{
	bool *inside = calloc(p->word_count + 1, 1);
	bool in_use = false;

	for (uint32_t i = 0; inside && i < p->word_count; i++) {
		in_use |= word_is(p, i, "use") && p->words[i].after != '<';
		inside[i] = in_use && !(i + 1 < p->word_count && word_is(p, i + 1, "as"));
		if (p->words[i].after == ';')
			in_use = false;
	}
	return inside;
}

static void follow(struct exits *e, const bool *imported)
{
	struct rhook_program *p = e->program;

	while (e->work_count) {
		uint32_t name = e->work[--e->work_count];
		bool ours = true;
		for (uint32_t w = e->first[name]; w != RHOOK_NONE; w = e->next[w]) {
			for (size_t i = 0; i < sizeof system_calls / sizeof *system_calls; i++)
				ours &= !word_is(p, w, system_calls[i]);
			if (imported[w])
				continue;
			if (is_value(p, w, ours))
				p->single = true;
			else if (!ours && p->words[w].after != '(' && p->words[w].after != ':')
				continue;
			/* Not the name in its own definition. */
			p->single |= e->loose[w];
			if (!(w && word_is(p, w - 1, "fn")))
				mark_function(e, e->owner[w]);
		}
	}
}

/* `loop` without a way out, in a function with a name: it ends with the program. */
static bool is_endless(const struct rhook_program *p, uint32_t node)
{
	uint32_t condition;

	if (p->nodes[node].kind == K_WHILE) {
		condition = rhook_child(p, node, F_CONDITION);
		if (condition == RHOOK_NONE || !rhook_node_is(p, condition, "true"))
			return false;
	} else if (p->nodes[node].kind != K_LOOP) {
		return false;
	}
	for (uint32_t i = node + 1; i < p->nodes[node].last; i++) {
		uint8_t kind = p->nodes[i].kind;
		if (kind == K_BREAK || kind == K_RETURN || kind == K_TRY || kind == K_MACRO_INVOCATION)
			return false;
	}
	return true;
}

static bool prepare(struct exits *e)
{
	struct rhook_program *p = e->program;
	uint32_t *stack = malloc((p->fn_count + 1) * sizeof *stack);
	size_t depth = 0, fn = 0;

	p->exit_name_count = rhook_word_count(p->names);
	p->exit_names = calloc(p->exit_name_count + 1, 1);
	e->first = malloc((p->exit_name_count + 1) * sizeof *e->first);
	e->work = malloc((p->exit_name_count + 1) * sizeof *e->work);
	e->next = malloc((p->word_count + 1) * sizeof *e->next);
	e->owner = malloc((p->word_count + 1) * sizeof *e->owner);
	e->loose = calloc(p->word_count + 1, sizeof *e->loose);
	if (!stack || !p->exit_names || !e->first || !e->work || !e->next || !e->owner || !e->loose) {
		free(stack);
		return false;
	}
	for (size_t i = 0; i < p->exit_name_count; i++)
		e->first[i] = RHOOK_NONE;
	for (uint32_t w = 0; w < p->word_count; w++) {
		uint32_t at = p->words[w].start;
		while (fn < p->fn_count && p->fns[fn].start <= at)
			stack[depth++] = (uint32_t)fn++;
		while (depth && p->fns[stack[depth - 1]].end <= at)
			depth--;
		e->owner[w] = depth ? stack[depth - 1] : RHOOK_NONE;
		e->next[w] = e->first[p->words[w].id];
		e->first[p->words[w].id] = w;
	}
	free(stack);
	for (size_t m = 0, w = 0; m < p->made_up_count; m++) {
		while (w < p->word_count && p->words[w].start < p->made_up[m].start)
			w++;
		for (; w < p->word_count && p->words[w].start < p->made_up[m].end; w++)
			e->loose[w] = true;
	}
	return true;
}

static void seed(struct exits *e)
{
	struct rhook_program *p = e->program;
	uint32_t searched = 0; /* behind the last loop that was looked through: nested loops are looked through once */

	for (size_t i = 0; i < sizeof system_calls / sizeof *system_calls; i++)
		mark_name(e, rhook_word_id(p->names, system_calls[i], strlen(system_calls[i])));
	for (uint32_t i = 0; i < p->node_count; i++) {
		const struct rhook_node *n = &p->nodes[i];
		if (n->kind == K_FOREIGN_MOD) { /* what other languages do is unknown */
			for (uint32_t k = i; k < n->last; k++)
				if (p->nodes[k].kind == K_FUNCTION_SIGNATURE && rhook_child(p, k, F_NAME) != RHOOK_NONE)
					mark_name(e, rhook_node_name(p, rhook_child(p, k, F_NAME)));
		} else if ((n->kind == K_LOOP || n->kind == K_WHILE) && i >= searched && n->ctx != RHOOK_NONE) {
			searched = n->last;
			if (p->infos[n->ctx].role != ROLE_CLOSURE && is_endless(p, i))
				mark_function(e, n->ctx);
		} else if (n->kind == K_MACRO_DEFINITION) { /* its text is pasted where it is used */
			for (uint32_t k = i; k < n->last; k++)
				for (size_t s = 0; s < sizeof system_calls / sizeof *system_calls; s++)
					p->single |= p->nodes[k].kind == K_IDENTIFIER && rhook_node_is(p, k, system_calls[s]);
		}
	}
}

bool rhook_find_exits(struct rhook_program *program)
{
	struct exits e = {.program = program};
	bool good = prepare(&e);
	bool *imported = good ? find_imports(program) : NULL;

	/* What other files of the crate do when they are called is as unknown as what other languages do. */
	if ((program->input->flags & RHOOK_ABORT) || program->blanked || ((program->input->flags & RHOOK_MODULE) && program->leads_out))
		program->single = true;
	if (imported) {
		seed(&e);
		follow(&e, imported);
	} else {
		program->no_memory = true;
	}
	free(imported);
	free(e.first);
	free(e.next);
	free(e.owner);
	free(e.loose);
	free(e.work);
	return !program->no_memory;
}
