"""The doors of the vault, as statements; nothing else enters it."""

REGISTER = "SELECT vault.register($1, $2, $3, $4, $5, $6, $7, $8, $9) AS registered"
FIND = "SELECT vault.find($1, $2) AS person_id"
OWN_MASK = "SELECT vault.own_mask($1) AS mask"
