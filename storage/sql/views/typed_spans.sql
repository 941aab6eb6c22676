-- What a span says, by the dialect tables, of each span that is a model, tool, retrieval or agent call. It lands in a table
-- that keeps nothing and feeds the next view: an INSERT analyses its views anew, and what is nested deep in one statement
-- takes ten times as long to analyse as the same in a chain (docs/adr/0007-a-chain-of-views.md).
CREATE MATERIALIZED VIEW typed_spans_view TO typed_spans COMMENT $comment AS
SELECT *, $operation AS operation, $provider AS provider FROM
(
    SELECT * EXCEPT (texts_, numbers_, filled_), $written AS written_, $dialect AS dialect,
        lower(if(f_request_model != '', f_request_model, f_response_model)) AS model_ FROM
    (
        SELECT *, $scope AS scope_,
$fields
        FROM (SELECT *, $fill FROM (SELECT *, $pick FROM (SELECT $columns, $look_up FROM otel_traces)))
    )
    WHERE written_ != ''
)
