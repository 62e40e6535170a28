using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Core.Tests.Storage;

public static class InMemoryStoreTests
{
    public sealed class Claims : ClaimConformance<InMemoryStoreFixture>;

    public sealed class Commits : CommitConformance<InMemoryStoreFixture>;

    public sealed class Recovery : RecoveryConformance<InMemoryStoreFixture>;
}
