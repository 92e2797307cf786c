/*
 * sample_unwind.c - from one frame to its caller's by call frame information.
 *
 * libdw reads the information, once per code address; what it says is kept as a small rule (CFA = register + offset, saved registers at
 * CFA + offset), so that a frame seen again costs a hash look-up and a few loads. This is why samples can be unwound while they come in.
 */
#include "fs.h"
#include "sample_module.h"
#include "strbuf.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FRAME_LIMIT SAMPLE_FRAMES
#define SAVED_LIMIT 20

enum rule_kind {
	RULE_NONE, /* nothing known here: the chain is cut */
	RULE_STEP,
	RULE_ROOT, /* the outermost frame: no return address */
};

struct rule {
	uint64_t address;
	uint64_t seen; /* number of the last stack that had it */
	uint32_t module;
	uint8_t kind, cfa_register, return_register, saved_count;
	bool used, signal; /* signal: the caller was interrupted and is not behind a call */
	int32_t cfa_offset;
	struct {
		uint8_t number;
		int32_t offset;
	} saved[SAVED_LIMIT];
};

struct sample_unwinder {
	char *program, *program_real;
	uint64_t program_inode;
	struct sample_module **modules;
	size_t module_count, module_capacity;
	struct rule *rules; /* open addressing */
	size_t rule_count, rule_capacity;
	uint64_t stacks;
};

struct frame {
	uint64_t regs[SAMPLE_REGS];
	uint64_t known; /* bits of regs */
	uint64_t pc;
	bool exact; /* pc is an instruction that runs, not the one behind a call */
};

struct sample_unwinder *sample_unwinder_new(const char *program)
{
	struct sample_unwinder *unwinder = xcalloc(1, sizeof *unwinder);
	struct stat status;

	unwinder->program = xstrdup(program);
	unwinder->program_real = realpath(program, NULL);
	if (stat(program, &status) == 0)
		unwinder->program_inode = status.st_ino;
	return unwinder;
}

void sample_unwinder_free(struct sample_unwinder *unwinder)
{
	if (!unwinder)
		return;
	for (size_t i = 0; i < unwinder->module_count; i++)
		sample_module_close(unwinder->modules[i]);
	free(unwinder->modules);
	free(unwinder->rules);
	free(unwinder->program);
	free(unwinder->program_real);
	free(unwinder);
}

/* The kernel's path can differ from ours (mount namespaces, bind mounts); the inode with the same name is then enough. */
static bool is_program(const struct sample_unwinder *unwinder, const char *path, uint64_t inode)
{
	if (unwinder->program_real && strcmp(path, unwinder->program_real) == 0)
		return true;
	return inode && inode == unwinder->program_inode && strcmp(fs_base_name(path), fs_base_name(unwinder->program)) == 0;
}

struct sample_module *sample_unwinder_module(struct sample_unwinder *unwinder, const char *path, uint64_t inode, bool *program)
{
	struct sample_module *module;

	for (size_t i = 0; i < unwinder->module_count; i++) {
		module = unwinder->modules[i];
		if (module->inode == inode && strcmp(module->path, path) == 0) {
			*program = module->is_program;
			return module;
		}
	}
	if (unwinder->module_count == unwinder->module_capacity) {
		unwinder->module_capacity = unwinder->module_capacity ? unwinder->module_capacity * 2 : 16;
		unwinder->modules = xrealloc(unwinder->modules, unwinder->module_capacity, sizeof(struct sample_module *));
	}
	module = xcalloc(1, sizeof *module);
	module->path = xstrdup(path);
	module->inode = inode;
	module->fd = -1;
	module->index = (uint32_t)unwinder->module_count;
	module->is_program = *program = is_program(unwinder, path, inode);
	unwinder->modules[unwinder->module_count++] = module;
	return module;
}

/* ---- rules ---- */

static bool in_int32(int64_t value)
{
	return value >= INT32_MIN && value <= INT32_MAX;
}

static bool read_cfa(struct rule *rule, Dwarf_Frame *frame)
{
	Dwarf_Op *ops;
	size_t count;
	int64_t number, offset;

	if (dwarf_frame_cfa(frame, &ops, &count) != 0 || count != 1)
		return false;
	if (ops[0].atom == DW_OP_bregx) {
		number = (int64_t)ops[0].number;
		offset = (int64_t)ops[0].number2;
	} else if (ops[0].atom >= DW_OP_breg0 && ops[0].atom <= DW_OP_breg31) {
		number = ops[0].atom - DW_OP_breg0;
		offset = (int64_t)ops[0].number;
	} else {
		return false;
	}
	if (number < 0 || number >= sample_arch()->dwarf_count || !in_int32(offset))
		return false;
	rule->cfa_register = (uint8_t)number;
	rule->cfa_offset = (int32_t)offset;
	return true;
}

enum place { PLACE_SAME, PLACE_UNDEFINED, PLACE_CFA, PLACE_OTHER };

static enum place read_register(Dwarf_Frame *frame, int number, int32_t *offset)
{
	Dwarf_Op memory[3], *ops;
	size_t count;
	int64_t add = 0;

	if (dwarf_frame_register(frame, number, memory, &ops, &count) != 0)
		return PLACE_OTHER;
	if (count == 0)
		return ops ? PLACE_UNDEFINED : PLACE_SAME;
	if (ops[0].atom != DW_OP_call_frame_cfa || count > 2)
		return PLACE_OTHER;
	if (count == 2) {
		if (ops[1].atom != DW_OP_plus_uconst)
			return PLACE_OTHER;
		add = (int64_t)ops[1].number;
	}
	if (!in_int32(add))
		return PLACE_OTHER;
	*offset = (int32_t)add;
	return PLACE_CFA;
}

static void save_register(struct rule *rule, int number, int32_t offset)
{
	if (rule->saved_count == SAVED_LIMIT)
		return;
	rule->saved[rule->saved_count].number = (uint8_t)number;
	rule->saved[rule->saved_count++].offset = offset;
}

static void read_frame(struct rule *rule, Dwarf_Frame *frame)
{
	const struct sample_arch *arch = sample_arch();
	int column = dwarf_frame_info(frame, NULL, NULL, &rule->signal);
	int32_t offset = 0;
	enum place place;

	if (column < 0 || column >= SAMPLE_REGS || !read_cfa(rule, frame))
		return;
	place = read_register(frame, column, &offset);
	if (place == PLACE_UNDEFINED) {
		rule->kind = RULE_ROOT;
		return;
	}
	if (place == PLACE_OTHER)
		return;
	rule->return_register = (uint8_t)column;
	if (place == PLACE_CFA)
		save_register(rule, column, offset);
	for (int number = 0; number < arch->dwarf_count; number++) {
		if (number == column || !(arch->callee_saved >> number & 1))
			continue;
		if (read_register(frame, number, &offset) == PLACE_CFA)
			save_register(rule, number, offset);
	}
	rule->kind = RULE_STEP;
}

static void make_rule(struct rule *rule, const struct sample_module *module)
{
	Dwarf_Frame *frame = NULL;

	rule->kind = RULE_NONE;
	if (!module->cfi || dwarf_cfi_addrframe(module->cfi, rule->address, &frame) != 0)
		return;
	read_frame(rule, frame);
	free(frame);
}

static struct rule *rule_place(struct rule *rules, size_t capacity, uint32_t module, uint64_t address)
{
	size_t at = (size_t)(((address ^ ((uint64_t)module << 48)) * 0x9e3779b97f4a7c15u) >> 20) & (capacity - 1);

	while (rules[at].used && (rules[at].address != address || rules[at].module != module))
		at = (at + 1) & (capacity - 1);
	return &rules[at];
}

static void grow_rules(struct sample_unwinder *unwinder)
{
	size_t capacity = unwinder->rule_capacity ? unwinder->rule_capacity * 2 : 1024;
	struct rule *rules = xcalloc(capacity, sizeof *rules);

	for (size_t i = 0; i < unwinder->rule_capacity; i++) {
		if (unwinder->rules[i].used)
			*rule_place(rules, capacity, unwinder->rules[i].module, unwinder->rules[i].address) = unwinder->rules[i];
	}
	free(unwinder->rules);
	unwinder->rules = rules;
	unwinder->rule_capacity = capacity;
}

static struct rule *rule_of(struct sample_unwinder *unwinder, const struct sample_module *module, uint64_t address)
{
	struct rule *rule;

	if (unwinder->rule_count * 2 >= unwinder->rule_capacity)
		grow_rules(unwinder);
	rule = rule_place(unwinder->rules, unwinder->rule_capacity, module->index, address);
	if (!rule->used) {
		rule->used = true;
		rule->address = address;
		rule->module = module->index;
		unwinder->rule_count++;
		make_rule(rule, module);
	}
	return rule;
}

/* ---- steps ---- */

static bool read_stack(const struct sample_stack *stack, uint64_t address, uint64_t *value)
{
	uint64_t offset = address - stack->regs[sample_arch()->sp];

	if (stack->size < sizeof *value || offset > stack->size - sizeof *value)
		return false;
	memcpy(value, stack->bytes + offset, sizeof *value);
	return true;
}

enum progress { WENT_ON, AT_END_OF_COPY, LOST };

static enum progress step(struct frame *frame, const struct rule *rule, const struct sample_stack *stack)
{
	const struct sample_arch *arch = sample_arch();
	uint64_t cfa, kept = frame->known & arch->callee_saved;
	uint64_t regs[SAMPLE_REGS];
	bool moved;

	if (!(frame->known >> rule->cfa_register & 1))
		return LOST;
	cfa = frame->regs[rule->cfa_register] + (uint64_t)(int64_t)rule->cfa_offset;
	moved = cfa > frame->regs[arch->sp];
	if (!moved && !(frame->exact && cfa == frame->regs[arch->sp])) /* stacks shrink towards the root: no loops */
		return LOST;
	memcpy(regs, frame->regs, sizeof regs);
	if (rule->return_register < arch->dwarf_count)
		kept |= frame->exact ? frame->known & (UINT64_C(1) << rule->return_register) : 0;
	for (size_t i = 0; i < rule->saved_count; i++) {
		uint64_t bit = UINT64_C(1) << rule->saved[i].number;

		if (read_stack(stack, cfa + (uint64_t)(int64_t)rule->saved[i].offset, &regs[rule->saved[i].number]))
			kept |= bit;
		else
			kept &= ~bit;
	}
	if (!(kept >> rule->return_register & 1))
		return cfa - stack->regs[arch->sp] > stack->size ? AT_END_OF_COPY : LOST;
	regs[arch->sp] = cfa;
	memcpy(frame->regs, regs, sizeof regs);
	frame->pc = regs[rule->return_register] & arch->address_mask;
	frame->known = (kept & ~(UINT64_C(1) << rule->return_register)) | UINT64_C(1) << arch->sp;
	frame->exact = rule->signal;
	return WENT_ON;
}

/* Stubs of the linker have rules that no function has; they are entered by a call or jump and have pushed nothing. */
static bool step_leaf(struct frame *frame, const struct sample_stack *stack)
{
	const struct sample_arch *arch = sample_arch();

	if (!arch->return_on_stack) {
		frame->pc = frame->regs[arch->return_column] & arch->address_mask;
	} else {
		if (!read_stack(stack, frame->regs[arch->sp], &frame->pc))
			return false;
		frame->regs[arch->sp] += 8;
	}
	frame->exact = false;
	return true;
}

static const struct sample_module *locate(const struct sample_process *process, uint64_t pc, uint64_t *address)
{
	const struct sample_map *map = sample_map_find(process, pc);

	if (!map)
		return NULL;
	sample_module_open(map->module);
	return sample_module_address(map->module, pc - map->start + map->offset, address) ? map->module : NULL;
}

/* One frame up. `*end` is set when there is none. */
static bool go_up(struct frame *frame, const struct rule *rule, const struct sample_stack *stack, bool leaf, enum sample_end *end)
{
	enum progress progress;

	*end = SAMPLE_BROKEN;
	if (!rule || rule->kind == RULE_NONE)
		return leaf && step_leaf(frame, stack);
	if (rule->kind == RULE_ROOT) {
		*end = SAMPLE_ROOT;
		return false;
	}
	progress = step(frame, rule, stack);
	if (progress == AT_END_OF_COPY)
		*end = SAMPLE_DEEP;
	return progress == WENT_ON;
}

/* Drops what was seen further in, but among the `deep` outermost. */
static size_t fold(uint64_t *addresses, const bool *seen, size_t count, size_t deep)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!seen[i] || count - i <= deep)
			addresses[kept++] = addresses[i];
	}
	return kept;
}

size_t sample_unwind(struct sample_unwinder *unwinder, const struct sample_process *process, const struct sample_stack *stack,
		     uint64_t *addresses, size_t limit, size_t deep, enum sample_end *end)
{
	struct frame frame = {.pc = stack->pc, .exact = true};
	bool seen[FRAME_LIMIT];
	size_t count = 0, depth = 0;
	const struct rule *rule;

	memcpy(frame.regs, stack->regs, sizeof frame.regs);
	frame.known = (UINT64_C(1) << sample_arch()->dwarf_count) - 1;
	unwinder->stacks++;
	do {
		uint64_t address;
		/* a return address belongs to the call in front of it */
		const struct sample_module *module = locate(process, frame.pc - !frame.exact, &address);
		struct rule *here = module ? rule_of(unwinder, module, address) : NULL;

		if (here && module->is_program && count < limit) {
			seen[count] = here->seen == unwinder->stacks;
			addresses[count++] = address;
		}
		if (here)
			here->seen = unwinder->stacks;
		rule = here;
	} while (go_up(&frame, rule, stack, depth == 0, end) && ++depth < FRAME_LIMIT);
	return fold(addresses, seen, count, deep);
}
