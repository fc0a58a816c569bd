"""The doors of the second factors in the vault, as statements."""

BEGIN = "SELECT vault.begin_factor($1, $2, $3, $4) AS begun"
HELD = "SELECT * FROM vault.factor($1) WHERE begun_at IS NOT NULL"  # nothing, not a row of nothing
USE_STEP = "SELECT vault.use_step($1, $2, $3) AS used"
KEEP_CODES = "SELECT vault.keep_codes($1, $2)"
KNOWS_CODE = "SELECT vault.knows_code($1, $2) AS known"
USE_CODE = "SELECT vault.use_code($1, $2, $3) AS used"
END = "SELECT vault.end_factor($1) AS ended"

# fresh: the session that has just shown a code; its token is another from now on.
FRESH = """
UPDATE session SET mfa_at = $2, token_hash = $3 WHERE id = $1 AND revoked_at IS NULL
RETURNING expires_at
"""
SHOWN = "UPDATE session SET mfa_at = $2 WHERE id = $1"
# Sessions that have shown no code of the factor there is now.
END_OTHERS = """
UPDATE session SET revoked_at = $3 WHERE account_id = $1 AND id <> $2 AND revoked_at IS NULL
"""
END_SESSIONS = "UPDATE session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL"
LOGIN = "SELECT id, login, password_hash FROM account WHERE id = $1 FOR NO KEY UPDATE"

# Rotation, as the owner of the vault: secrets that are not sealed with the key of now.
BEHIND = """
SELECT account_id, ciphertext FROM vault.second_factor WHERE key_id <> $1
ORDER BY account_id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
RESEAL = "UPDATE vault.second_factor SET ciphertext = $2, key_id = $3 WHERE account_id = $1"
