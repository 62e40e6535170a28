using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations
{
    /// <inheritdoc />
    internal partial class ThrottledPace : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "full_at",
                table: "fd_permits",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_permits_held_until",
                table: "fd_permits",
                column: "held_until",
                filter: "held_until IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_fd_permits_held_until",
                table: "fd_permits");

            migrationBuilder.DropColumn(
                name: "full_at",
                table: "fd_permits");
        }
    }
}
