-- Typical work of a database, for check-real: `sqlite3 -batch FILE <workload.sql`. Inserts, indexes, joins and groups
-- 100,000 rows. It is deterministic: it uses no random() and no clock. The exit status is 1, because two statements
-- are wrong on purpose.
CREATE TABLE customer (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, credit REAL CHECK (credit >= 0));
CREATE TABLE sale (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer, item TEXT, amount INTEGER);
CREATE TABLE log (message TEXT, at INTEGER);
CREATE TRIGGER big AFTER INSERT ON sale WHEN new.amount > 990
BEGIN
    INSERT INTO log VALUES (printf('%s bought for %d', new.customer, new.amount), new.id);
END;

BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
INSERT INTO customer
    SELECT i, printf('customer %04d', i * 7919 % 1000), substr('OsloRomeBonnLimaKyiv', i % 5 * 4 + 1, 4),
        i % 90 / 4.0 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO sale
    SELECT i, i * 31 % 1000 + 1, char(97 + i % 26) || hex(i % 37), i * 7907 % 1000 FROM n;
COMMIT;

CREATE INDEX sale_customer ON sale (customer, amount);
CREATE INDEX customer_city ON customer (city);
ANALYZE;

-- Grouping and sorting.
SELECT item, count(*), sum(amount), max(amount) FROM sale GROUP BY item ORDER BY 3 DESC, 1 LIMIT 5;
SELECT count(DISTINCT item), total(amount), avg(amount) FROM sale;

-- Joins, with an index and with a subquery.
SELECT city, count(*), sum(amount) FROM customer JOIN sale ON sale.customer = customer.id
    WHERE amount BETWEEN 100 AND 300 GROUP BY city ORDER BY city;
SELECT name, (SELECT sum(amount) FROM sale WHERE customer = customer.id) AS spent FROM customer
    WHERE city = 'Oslo' ORDER BY spent DESC, name LIMIT 5;
SELECT name FROM customer WHERE id IN (SELECT customer FROM sale WHERE item LIKE 'q%' AND amount > 985)
    EXCEPT SELECT name FROM customer WHERE credit < 5 ORDER BY 1 LIMIT 5;

-- Window functions, common table expressions, JSON.
SELECT * FROM (
        SELECT city, name, rank() OVER (PARTITION BY city ORDER BY credit DESC, name) AS place FROM customer)
    WHERE place <= 2 ORDER BY city, place, name;
WITH RECURSIVE tree(depth, path) AS (
    SELECT 0, '/' UNION ALL SELECT depth + 1, path || depth || '/' FROM tree WHERE depth < 30)
SELECT max(length(path)) FROM tree;
SELECT sum(json_extract(json_object('id', id, 'amount', amount), '$.amount')) FROM sale WHERE id <= 2000;

-- Changes, and rolling them back.
UPDATE sale SET amount = amount + 1 WHERE customer % 10 = 3;
DELETE FROM sale WHERE id % 20 = 0;
BEGIN;
DELETE FROM customer;
ROLLBACK;
SELECT count(*), sum(amount) FROM sale;
SELECT count(*), max(message) FROM log;

-- Two errors: one of the parser, and one of a constraint.
SELECT FROM nowhere;
INSERT INTO customer VALUES (5000, 'in debt', 'Rome', -1);

VACUUM;
PRAGMA integrity_check;
