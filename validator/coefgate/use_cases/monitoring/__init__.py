"""What ``coefgate monitor`` does: records are watched, a rollback is proved, proposed, done."""
