using FlowDispatch.Store.Conformance;

namespace FlowDispatch.EntityFramework.Tests;

public static class SqliteStoreTests
{
    public sealed class Contacts : ContactConformance<SqliteStoreFixture>;

    public sealed class Uploads : UploadConformance<SqliteStoreFixture>;

    public sealed class Flows : FlowConformance<SqliteStoreFixture>;

    public sealed class Automations : AutomationConformance<SqliteStoreFixture>;

    public sealed class Executions : ExecutionConformance<SqliteStoreFixture>;

    public sealed class Plans : PlanConformance<SqliteStoreFixture>;

    public sealed class Claims : ClaimConformance<SqliteStoreFixture>;

    public sealed class Commits : CommitConformance<SqliteStoreFixture>;

    public sealed class LateAnswers : LateAnswerConformance<SqliteStoreFixture>;

    public sealed class Recovery : RecoveryConformance<SqliteStoreFixture>;

    public sealed class Backlog : BacklogConformance<SqliteStoreFixture>;

    public sealed class Transitions : TransitionConformance<SqliteStoreFixture>;

    public sealed class Limits : LimitConformance<SqliteStoreFixture>;

    public sealed class Inbox : InboxConformance<SqliteStoreFixture>;

    public sealed class Receivers : ReceiverConformance<SqliteStoreFixture>;

    public sealed class Audits : AuditConformance<SqliteStoreFixture>;

    public sealed class Returns : ReturnConformance<SqliteStoreFixture>;

    public sealed class Pruning : PruneConformance<SqliteStoreFixture>;

    public sealed class Erasure : ErasureConformance<SqliteStoreFixture>;

    public sealed class Completeness : CompletenessConformance<SqliteStoreFixture>;
}
