// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Documents of TCB Info for tests: real ones from files, others signed here. */
#include "tcb_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include <openssl/ec.h>

#define CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "fixture: does not hold: %s\n", #what); \
			abort(); \
		} \
	} while (0)

static const struct tcb_certificate good_signer = {
	.name = "test TCB Signing", .from = FIXTURE_AT - 1000, .until = FIXTURE_AT + 1000,
};

void tcb_fixture_make(struct tcb_fixture *f)
{
	struct tcb_certificate root = {
		.name = "test root", .from = FIXTURE_AT - 2000, .until = FIXTURE_AT + 2000,
		.ca = true,
	};
	unsigned int n;

	memset(f, 0, sizeof(*f));
	f->root_key = root.key = EVP_EC_gen("P-256");
	f->signer.root = tcb_certificate_make(&root);
	CHECK(f->signer.root);
	f->anchors[0] = tcb_anchor_intel;
	CHECK(X509_digest(f->signer.root, EVP_sha256(), f->anchors[1].sha256, &n));
	strcpy(f->anchors[1].name, "test root");
	tcb_fixture_resign(f, "P-256", &good_signer);
}

void tcb_fixture_resign(struct tcb_fixture *f, const char *curve,
			const struct tcb_certificate *wanted)
{
	struct tcb_certificate own = *(wanted ? wanted : &good_signer);

	EVP_PKEY_free(f->signer.key);
	X509_free(f->signer.certificate);
	own.key = f->signer.key = EVP_EC_gen(curve);
	own.issuer = f->signer.root;
	if (!own.issuer_key)
		own.issuer_key = f->root_key;
	f->signer.certificate = tcb_certificate_make(&own);
	CHECK(f->signer.certificate);
}

void tcb_fixture_release(struct tcb_fixture *f)
{
	tcb_signer_release(&f->signer);
	EVP_PKEY_free(f->root_key);
}

char *tcb_fixture_join(const char *info, const char *signature, const char *chain)
{
	json_t *doc = json_pack("{s:s, s:s, s:s}", "tcb_info", info, "tcb_info_signature",
				signature, "tcb_info_issuer_chain", chain);
	char *text = json_dumps(doc, JSON_INDENT(1));

	json_decref(doc);
	CHECK(text);
	return text;
}

char *tcb_fixture_collateral(const struct tcb_fixture *f, const char *info)
{
	char signature[TCB_SIGNATURE_TEXT] = "", *chain = tcb_signer_chain(&f->signer), *text;

	CHECK(chain);
	/* Only a key on P-256 has such signatures. */
	if (!tcb_signer_sign(f->signer.key, info, strlen(info), signature))
		memset(signature, '0', sizeof(signature) - 1);
	text = tcb_fixture_join(info, signature, chain);
	free(chain);
	return text;
}

char *tcb_fixture_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 65536);

	CHECK(file && text);
	CHECK(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

char *tcb_fixture_member(const char *path, const char *key)
{
	json_t *doc = json_load_file(path, 0, NULL);
	const char *text = json_string_value(json_object_get(doc, key));
	char *copy;

	CHECK(text);
	copy = strdup(text);
	json_decref(doc);
	return copy;
}

enum tcb_answer tcb_fixture_read(const struct tcb_fixture *f, const char *text, const char *chain,
				 struct tcb_info **info, char why[TCB_WHY])
{
	struct ss_bytes body = { (const uint8_t *)text, strlen(text) };
	struct ss_bytes pem = { (const uint8_t *)chain, chain ? strlen(chain) : 0 };

	return tcb_read(body, pem, f->anchors, 2, FIXTURE_AT, info, why);
}

char *tcb_fixture_info(const char *head, const char *levels)
{
	size_t room = strlen(head) + strlen(levels) + 1024;
	char *text = malloc(room);

	CHECK(text);
	snprintf(text, room,
		 "{%s\"fmspc\":\"00806f050000\",\"pceId\":\"0000\",\"tcbType\":0,"
		 "\"tcbEvaluationDataNumber\":20,\"tdxModule\":{" TCB_IDENTITY "},"
		 "\"tdxModuleIdentities\":[{\"id\":\"TDX_01\"," TCB_IDENTITY ",\"tcbLevels\":[%s]}],"
		 "\"tcbLevels\":[]}", head, levels);
	return text;
}
