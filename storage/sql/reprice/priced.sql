-- Calls of a time with what they would cost by the book as it is now. What an emitter has reported is never repriced; a
-- call that the book has no price for stays as it is.
SELECT * FROM
(
    $price_before
    (
        SELECT * FROM llm_calls
        WHERE timestamp >= {from:DateTime64(6)} AND timestamp < {to:DateTime64(6)}
            AND is_llm_call AND cost_source != 'reported' AND duplicate_of = ''
    )$price_after
)
WHERE computed_usd IS NOT NULL AND (cost_usd IS NULL OR abs(cost_usd - computed_usd) > 1e-12 * greatest(1e-3, computed_usd))
