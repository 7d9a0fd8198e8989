-- Operators, by account; no address makes one by itself.
CREATE TABLE {schema}."operator" (
  "userId" text PRIMARY KEY REFERENCES {schema}."user" ("id") ON DELETE CASCADE,
  "since" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Accounts that an operator disabled. A row stays after it was enabled again until the backend knows ("told").
CREATE TABLE {schema}."accountStatus" (
  "userId" text PRIMARY KEY REFERENCES {schema}."user" ("id") ON DELETE CASCADE,
  "disabled" boolean NOT NULL,
  "told" boolean NOT NULL DEFAULT false,
  "since" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- No session begins for a disabled account, also not one that was begun at the same moment: the share of the account's row waits for
-- who disables it, and what is read after that is what they stored.
CREATE FUNCTION {schema}."refuseDisabled"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM {schema}."user" WHERE "id" = NEW."userId" FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM {schema}."accountStatus" WHERE "userId" = NEW."userId" AND "disabled") THEN
    RAISE EXCEPTION 'this account is disabled' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "sessionsAreNotOfDisabled" BEFORE INSERT ON {schema}."session"
  FOR EACH ROW EXECUTE FUNCTION {schema}."refuseDisabled"();

-- Invitations to sign up. The secret is kept as a hash; the address, if it is for one, goes with the account or a week after the end.
CREATE TABLE {schema}."invitation" (
  "id" text PRIMARY KEY,
  "tokenHash" text NOT NULL UNIQUE,
  "email" text,
  "maxUses" integer NOT NULL,
  "uses" integer NOT NULL DEFAULT 0,
  "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expiresAt" timestamptz NOT NULL
);

-- What operators did. Rows are never changed or deleted; erasing a person only takes their id out.
CREATE TABLE {schema}."operatorAction" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "at" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- null: at the command line, or erased since
  "operatorId" text,
  "byCommand" boolean NOT NULL,
  "action" text NOT NULL,
  "subjectId" text
);
CREATE INDEX "operatorAction_people_idx" ON {schema}."operatorAction" ("subjectId", "operatorId");
CREATE FUNCTION {schema}."keepOperatorActions"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW."id", NEW."at", NEW."byCommand", NEW."action") = (OLD."id", OLD."at", OLD."byCommand", OLD."action")
      AND (NEW."operatorId" IS NULL OR NEW."operatorId" = OLD."operatorId")
      AND (NEW."subjectId" IS NULL OR NEW."subjectId" = OLD."subjectId") THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'what operators did is neither changed nor deleted';
END
$$;
CREATE TRIGGER "operatorActionsStay" BEFORE UPDATE OR DELETE ON {schema}."operatorAction"
  FOR EACH ROW EXECUTE FUNCTION {schema}."keepOperatorActions"();
CREATE TRIGGER "operatorActionsAreNotTruncated" BEFORE TRUNCATE ON {schema}."operatorAction"
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}."keepOperatorActions"();
