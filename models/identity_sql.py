"""The doors of the vault, as statements; nothing else enters it."""

REGISTER = "SELECT vault.register($1, $2, $3, $4, $5, $6, $7, $8, $9) AS registered"
FIND = "SELECT vault.find($1, $2) AS person_id"
# Who registered himself sees no more of his number than he would see of one that another has
# already, until somebody has vouched for him.
OWN_MASK = """
SELECT vault.own_mask($1) AS mask WHERE NOT EXISTS (SELECT FROM account a
  WHERE a.person_id = $1 AND a.agreed_at IS NOT NULL AND a.verified_at IS NULL)
"""
