/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tests of section 6, in one program so that the program can tell which statuses were reached. */
#ifndef TESTS_TEST_MODULE_H
#define TESTS_TEST_MODULE_H

/* test_module_init.c */
void test_sys_init_order(void **state);
void test_sys_init_platform(void **state);
void test_sys_init_outputs(void **state);
void test_sys_init_sigstruct(void **state);
void test_sys_init_version_1(void **state);
void test_lp_init(void **state);
void test_lp_init_platform(void **state);
void test_lp_init_order(void **state);
void test_sys_init_cmrs(void **state);
void test_tsc_adjust_is_sampled(void **state);
void test_init_busy(void **state);

/* test_module_config.c */
void test_config_order(void **state);
void test_config_version_1(void **state);
void test_config_tdmrs(void **state);
void test_config_pamt(void **state);
void test_config_pamt_order(void **state);
void test_config_key_id_stays_reserved(void **state);
void test_key_config(void **state);
void test_tdmr_init(void **state);
void test_tdmr_init_by_block(void **state);
void test_new_key_loses_tds(void **state);

/* test_module_handoff.c */
void test_shutdown_window(void **state);
void test_shutdown_busy(void **state);
void test_shutdown_is_final(void **state);
void test_shutdown_build(void **state);
void test_handoff_round_trip(void **state);
void test_handoff_tdmr(void **state);
void test_handoff_versions(void **state);
void test_update_order(void **state);
void test_update_version_1(void **state);
void test_update_size_fatal(void **state);
void test_update_2_0(void **state);

/* test_module_metadata.c */
void test_rd_known_fields(void **state);
void test_rd_cpuid_configs(void **state);
void test_rd_walk(void **state);
void test_rd_errors(void **state);
void test_rdall(void **state);
void test_info(void **state);

#endif
