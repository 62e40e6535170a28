using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>What a host's context says of all its properties does not reach FlowDispatch's columns.</summary>
public sealed class ConventionTests
{
    public static TheoryData<string> Providers => ["SQLite", "PostgreSQL"];

    [Theory]
    [MemberData(nameof(Providers))]
    public void The_model_is_the_same_with_and_without_a_hosts_conventions(string provider)
    {
        using var plain = new Plain(Options<Plain>(provider));
        using var conventional = new Conventional(Options<Conventional>(provider));

        Assert.Equal(Text(plain), Text(conventional));
    }

    private static DbContextOptions<T> Options<T>(string provider)
        where T : DbContext
    {
        var options = new DbContextOptionsBuilder<T>();
        return (provider == "SQLite" ? options.UseSqlite("Data Source=unused") : options.UseNpgsql("Host=unused")).Options;
    }

    // Every property with its converter and facets, and every column with its type.
    private static IEnumerable<string> Text(DbContext context)
    {
        var model = context.GetService<IDesignTimeModel>().Model;
        return model.ToDebugString(MetadataDebugStringOptions.LongDefault).Split('\n')
            .Concat(model.GetRelationalModel().ToDebugString(MetadataDebugStringOptions.LongDefault).Split('\n'))
            .Concat(model.GetEntityTypes().SelectMany(e => e.GetProperties().Select(p =>
                $"{e.Name}.{p.Name}: {p.GetColumnType()}, {p.GetTypeMapping().Converter?.ProviderClrType}, {p.GetMaxLength()}, {p.GetCollation()}")));
    }

    private sealed class Plain(DbContextOptions<Plain> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFlowDispatch();
    }

    private sealed class Conventional(DbContextOptions<Conventional> options) : DbContext(options)
    {
        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        {
            configurationBuilder.Properties<Enum>().HaveConversion<string>();
            configurationBuilder.Properties<string>().HaveMaxLength(200).AreUnicode(false).AreFixedLength().UseCollation("C");
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<DateTimeOffsetToBinaryConverter>().HavePrecision(3);
            configurationBuilder.Properties<Guid>().HaveConversion<string>();
            configurationBuilder.Properties<bool>().HaveConversion<int>();
            configurationBuilder.Properties<int>().HaveConversion<long>();
            configurationBuilder.Properties<long>().HaveColumnType("numeric").HavePrecision(20, 0);
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFlowDispatch();
    }
}
