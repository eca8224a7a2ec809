-- Finds the watches of earlier versions, whose webhooks are not yet encrypted, without reading all watches.
CREATE INDEX watches_unsealed ON watches (id) WHERE substr(webhook, 1, 4) = 'http';
