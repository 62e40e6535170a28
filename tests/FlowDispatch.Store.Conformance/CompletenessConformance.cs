namespace FlowDispatch.Store.Conformance;

/// <summary>Fails if a store's test class leaves one of the suites out: they are the classes nested beside this one.</summary>
public abstract class CompletenessConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public void Every_suite_is_held_against_this_store()
    {
        var listed = GetType().DeclaringType!.GetNestedTypes()
            .Select(t => t.BaseType is { IsGenericType: true } suite && suite.GenericTypeArguments is [var fixture] && fixture == typeof(TFixture) ? suite.GetGenericTypeDefinition() : null)
            .ToHashSet();

        var suites = typeof(CompletenessConformance<>).Assembly.GetExportedTypes()
            .Where(t => t is { IsAbstract: true, IsGenericTypeDefinition: true } && t != typeof(StoreConformance<>));

        Assert.Empty(suites.Where(s => !listed.Contains(s)).Select(s => s.Name));
    }
}
