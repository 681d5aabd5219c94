"""The only SQL of the desk. Functions take an open connection; the doors of `helpdesk.desk` own the transactions."""
