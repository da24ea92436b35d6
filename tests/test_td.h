/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tests of section 8, in one program so that the program can tell which statuses were reached. */
#ifndef TESTS_TEST_TD_H
#define TESTS_TEST_TD_H

/* test_td_build.c */
void test_create(void **state);
void test_key_config_td(void **state);
void test_addcx(void **state);
void test_td_params(void **state);
void test_td_params_in_order(void **state);
void test_xfam_and_vcpus(void **state);
void test_vcpu_create(void **state);
void test_vp_init_version_1(void **state);
void test_extend_finalize(void **state);
void test_mrtd(void **state);

/* test_td_memory.c */
void test_sept_add(void **state);
void test_sept_add_version_1(void **state);
void test_page_add(void **state);
void test_page_aug(void **state);
void test_block_track_remove(void **state);
void test_track_epochs(void **state);
void test_sept_remove(void **state);
void test_remove_while_built(void **state);
void test_entries_described(void **state);
void test_memory_locks(void **state);
void test_five_levels(void **state);

/* test_td_run.c */
void test_enter(void **state);
void test_exit_registers(void **state);
void test_enter_platform(void **state);
void test_association(void **state);
void test_running_holds_locks(void **state);
void test_guest_accepts(void **state);
void test_guest_notices(void **state);
void test_guest_faults(void **state);
void test_corrupted_metadata(void **state);
void test_rdmd(void **state);

/* test_td_fields.c */
void test_vcpu_fields(void **state);
void test_vcpu_field_ids(void **state);
void test_vcpu_fields_hidden(void **state);
void test_posted_interrupts(void **state);
void test_write_masks(void **state);
void test_fields_associate(void **state);
void test_fields_while_running(void **state);
void test_td_fields(void **state);
void test_td_field_ids(void **state);
void test_td_cpuid(void **state);
void test_td_clock(void **state);

/* test_td_update.c */
void test_tds_survive_updates(void **state);
void test_tds_gone_after_load(void **state);
void test_erased_under_guest(void **state);
void test_build_goes_wrong_silently(void **state);
void test_build_refused_by_shutdown(void **state);
void test_build_refused_afterwards(void **state);
void test_build_count_handed_off(void **state);

#endif
