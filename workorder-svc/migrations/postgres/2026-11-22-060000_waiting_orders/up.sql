-- How many orders wait for each approver is asked at every entry into approval: answered from the index alone.
CREATE INDEX work_order_waiting ON work_order (status, approving_userid);
