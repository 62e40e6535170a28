using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Core.Tests.Storage;

public static class InMemoryStoreTests
{
    public sealed class Contacts : ContactConformance<InMemoryStoreFixture>;

    public sealed class Uploads : UploadConformance<InMemoryStoreFixture>;

    public sealed class Flows : FlowConformance<InMemoryStoreFixture>;

    public sealed class Automations : AutomationConformance<InMemoryStoreFixture>;

    public sealed class Executions : ExecutionConformance<InMemoryStoreFixture>;

    public sealed class Plans : PlanConformance<InMemoryStoreFixture>;

    public sealed class Claims : ClaimConformance<InMemoryStoreFixture>;

    public sealed class Commits : CommitConformance<InMemoryStoreFixture>;

    public sealed class LateAnswers : LateAnswerConformance<InMemoryStoreFixture>;

    public sealed class Recovery : RecoveryConformance<InMemoryStoreFixture>;

    public sealed class Backlog : BacklogConformance<InMemoryStoreFixture>;

    public sealed class Transitions : TransitionConformance<InMemoryStoreFixture>;

    public sealed class Limits : LimitConformance<InMemoryStoreFixture>;

    public sealed class Inbox : InboxConformance<InMemoryStoreFixture>;

    public sealed class Receivers : ReceiverConformance<InMemoryStoreFixture>;

    public sealed class Audits : AuditConformance<InMemoryStoreFixture>;

    public sealed class Returns : ReturnConformance<InMemoryStoreFixture>;

    public sealed class Pruning : PruneConformance<InMemoryStoreFixture>;

    public sealed class Erasure : ErasureConformance<InMemoryStoreFixture>;

    public sealed class Completeness : CompletenessConformance<InMemoryStoreFixture>;
}
